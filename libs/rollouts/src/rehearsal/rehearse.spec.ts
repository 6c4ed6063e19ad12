import { momentsOfProportion } from '@app/stats';
import { streamOf } from '@app/simulation';
import { buildPlan, ERRORS, QUALITY } from '../testing/rollout.builder.js';
import { drawMoments, moved, populationOf } from './population.js';
import { rehearse } from './rehearse.js';

const HISTORY = {
  unitsPerDay: 20_000,
  champion: { quality: momentsOfProportion(700, 1_000), errors: momentsOfProportion(30, 1_000) },
};

describe('rehearsing a plan on the task’s own history', () => {
  it('tells a sharp plan’s chances, days and units at risk', async () => {
    const told = await rehearse(buildPlan(), HISTORY, { runs: 20, seed: 1 });
    expect(told.chanceOfFalseRollback).toBeLessThanOrEqual(0.05);
    expect(told.chanceToShipHarm).toBeLessThanOrEqual(0.2);
    expect(told.chanceToPromoteWinner).toBeGreaterThan(0.9);
    expect(told.medianDaysToPromoteWinner).toBeGreaterThanOrEqual(7);
    // Who gains nothing may be stopped for that before harm is proven.
    for (const { rolledBack, stopped, promoted } of Object.values(told.beyondHarm)) {
      expect(promoted).toBe(0);
      expect(rolledBack + stopped).toBeGreaterThan(0.9);
    }
    expect(told.beyondHarm.errors!.rolledBack).toBeGreaterThan(0.5);
    expect(told.unitsExposedToHarm).toBeGreaterThan(0);
  });

  it('is the same for the same seed, and gives others a turn', async () => {
    let turns = 0;
    const options = { runs: 5, seed: 3, pause: async () => void (turns += 1) };
    expect(await rehearse(buildPlan(), HISTORY, options)).toEqual(
      await rehearse(buildPlan(), HISTORY, options),
    );
    // No difference, a winner, and two questions for each of two metrics, twice.
    expect(turns).toBe(2 * 6 * 5);
  });

  it.each([
    ['no units', { ...HISTORY, unitsPerDay: 0 }],
    ['a metric nobody measured', { ...HISTORY, champion: { quality: HISTORY.champion.quality } }],
  ])('is refused with %s', async (_, history) => {
    await expect(rehearse(buildPlan(), history, { runs: 1, seed: 1 })).rejects.toMatchObject({
      code: 'REHEARSAL_NO_HISTORY',
    });
  });
});

describe('a population', () => {
  it('is moved for the better or the worse, whichever way that is', () => {
    const rate = { kind: 'proportion', rate: 0.5 } as const;
    expect(moved(rate, { value: 0.1, type: 'relative' }, 1, 'increase')).toEqual({ ...rate, rate: 0.55 });
    expect(moved(rate, { value: 0.1, type: 'absolute' }, -1, ERRORS.direction)).toEqual({
      ...rate,
      rate: 0.6,
    });
    expect(moved(rate, { value: 0.9, type: 'absolute' }, 1, QUALITY.direction)).toEqual({ ...rate, rate: 1 });
    const ratio = {
      kind: 'moments',
      mean: 6,
      variance: 1,
      denominator: { mean: 3, variance: 1, covariance: 0 },
    } as const;
    expect(moved(ratio, { value: 0.5, type: 'absolute' }, 1, 'increase')).toEqual({ ...ratio, mean: 7.5 });
  });

  it('gives moments with the mean, spread and co-moment it has', () => {
    const n = 4_000;
    const given = {
      n,
      mean: 10,
      m2: 4 * (n - 1),
      denominator: { mean: 2, m2: n - 1, comoment: 1.5 * (n - 1) },
    };
    const population = populationOf('ratio', given)!;
    const random = streamOf(5, 'population', 0);
    const means = Array.from({ length: 2_000 }, () => drawMoments(random, population, 100));
    const mean = means.reduce((sum, drawn) => sum + drawn.mean, 0) / means.length;
    const gap = means.reduce((sum, drawn) => sum + (drawn.mean - 10) * (drawn.denominator!.mean - 2), 0);
    expect(mean).toBeCloseTo(10, 1);
    // Covariance of the means of 100 units: a hundredth of the units' own.
    expect((gap / means.length) * 100).toBeGreaterThan(1.2);
    expect((gap / means.length) * 100).toBeLessThan(1.8);
    expect(means[0]).toMatchObject({ n: 100, m2: 4 * 99 });
    expect(populationOf('mean', { n: 1, mean: 3, m2: 0 })).toBeNull();
  });
});
