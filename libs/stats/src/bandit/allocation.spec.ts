import fc from 'fast-check';
import { compareBetas } from '../bayesian/two-betas.js';
import { probMeanGreater } from '../bayesian/normal-inverse-gamma.js';
import { probBestOfNormals } from '../bayesian/best-arm.js';
import { uniform } from '../testing/seeded.js';
import { armAt, thompsonAllocation } from './allocation.js';
import { banditStep } from './bandit-step.js';
import { expectedLossesOfMeans, probBestOfMeans } from './best-mean.js';
import { expectedLossesOfBetas } from './expected-losses.js';

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

describe('an allocation', () => {
  it('respects the floors and sums to 1, whatever is believed', () => {
    const beliefs = fc.array(fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constant(0)), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(beliefs, fc.nat(11), (probBest, control) => {
        fc.pre(Math.max(...probBest) > 0 && control < probBest.length);
        const allocation = thompsonAllocation(probBest, { control });
        const floor = Math.max(1 / (10 * probBest.length), 0.01);
        expect(sum(allocation)).toBeCloseTo(1, 12);
        allocation.forEach((p, i) =>
          expect(p).toBeGreaterThanOrEqual((i === control ? Math.max(floor, 0.1) : floor) - 1e-15),
        );
      }),
    );
  });

  it('is P(best) where that is above the floors, and in proportion to it above them', () => {
    expect(thompsonAllocation([0.3, 0.5, 0.2], { control: 0 })).toEqual([0.3, 0.5, 0.2]);
    const held = thompsonAllocation([0.001, 0.6, 0.3, 0.099], { control: 0 });
    expect(held[0]).toBe(0.1);
    expect(held[1]! / held[2]!).toBeCloseTo(2, 12);
    expect(thompsonAllocation([1, 0], { control: null })).toEqual([0.95, 0.05]);
    expect(thompsonAllocation([0, 1, 0], { control: null, floor: 1 / 3 })[1]).toBeCloseTo(1 / 3, 12);
  });

  it('refuses what cannot be allocated', () => {
    expect(() => thompsonAllocation([], { control: null })).toThrow(/no arm/);
    expect(() => thompsonAllocation([0, 0], { control: 0 })).toThrow(/probBest/);
    expect(() => thompsonAllocation([1, 0], { control: 2 })).toThrow(/control/);
    expect(() => thompsonAllocation([1, 0], { control: 0, floor: 0.6 })).toThrow(/floors/);
    expect(() => armAt([0.5, 0.6], 0.1)).toThrow(/distribution/);
  });

  it('draws arms in its proportions', () => {
    const random = uniform(1);
    const counts = [0, 0, 0];
    for (let i = 0; i < 20_000; i++) counts[armAt([0.1, 0.6, 0.3], random())]!++;
    [0.1, 0.6, 0.3].forEach((p, i) => expect(Math.abs(counts[i]! / 20_000 - p)).toBeLessThan(0.012));
    expect(armAt([1, 0], 0.9999999999999999)).toBe(0);
  });
});

describe('expected losses and chances to be best', () => {
  it('of two rates are those of the comparison of two', () => {
    const [a, b] = [
      { a: 12, b: 30 },
      { a: 15, b: 22 },
    ];
    const two = compareBetas(a, b, 0.05);
    const [control, treatment] = expectedLossesOfBetas([a, b]);
    expect(control! / two.expectedLossControl).toBeCloseTo(1, 9);
    expect(treatment! / two.expectedLossTreatment).toBeCloseTo(1, 9);
    // Three uniform rates: E max = 3/4.
    for (const loss of expectedLossesOfBetas(new Array(3).fill({ a: 1, b: 1 })))
      expect(loss).toBeCloseTo(0.25, 9);
  });

  it('of two means are those of the comparison of two, at any scales', () => {
    for (const [df, scale] of [
      [2, 1],
      [5, 1e-3],
      [40, 300],
      [1e6, 2],
    ] as const) {
      const arms = [
        { mean: 10, df: 7, scale: 1 },
        { mean: 10.5, df, scale },
      ];
      const best = probBestOfMeans(arms);
      expect(best[1]).toBeCloseTo(probMeanGreater(arms[0]!, arms[1]!), 8);
      expect(sum(best)).toBeCloseTo(1, 8);
      const losses = expectedLossesOfMeans(arms);
      expect((losses[0]! - losses[1]! - 0.5) / scale).toBeCloseTo(0, 6);
    }
  });

  it('of means far apart are certain, and are refused where doubles end', () => {
    const far = (mean: number) => [
      { mean: 0, df: 3, scale: 1 },
      { mean, df: 30, scale: 2 },
    ];
    expect(probBestOfMeans(far(1e9))[1]).toBeCloseTo(1, 9);
    expect(expectedLossesOfMeans(far(1e9))[0]! / 1e9).toBeCloseTo(1, 9);
    expect(() => probBestOfMeans(far(1e20))).toThrow(/mean must/);
  });

  it('of many means are those of normals where df is large, far from the origin too', () => {
    const normal = [0, 0.5, 1, 0.9].map((mean, i) => ({ mean: 1e6 + mean, sd: 0.3 + 0.2 * i }));
    const arms = normal.map(({ mean, sd }) => ({ mean, df: 1e9, scale: sd }));
    probBestOfNormals(normal).forEach((p, i) => expect(probBestOfMeans(arms)[i]).toBeCloseTo(p, 7));
    // E max(X, Y) − E X = sd/√π for two normals alike.
    const alike = expectedLossesOfMeans([arms[0]!, arms[0]!]);
    expect(alike[0]).toBeCloseTo(0.3 / Math.sqrt(Math.PI), 7);
  });
});

describe('a step', () => {
  const rates = (...arms: Array<[number, number]>) => ({
    reward: 'rate' as const,
    arms: arms.map(([a, b]) => ({ a, b })),
  });

  it('stops only when the best is known and little can be lost', () => {
    const rule = { control: 0, lossThreshold: 0.001 };
    const sure = banditStep(rates([300, 700], [420, 580]), rule);
    expect(sure).toMatchObject({ best: 1, stop: true });
    expect(sure.allocation).toEqual([0.1, 0.9]);
    expect(banditStep(rates([30, 70], [42, 58]), rule)).toMatchObject({ best: 1, stop: false });
    // Nothing to lose, but nobody knows which is best; and known to 99 % with too much to lose.
    expect(banditStep(rates([5000, 5000], [5001, 5000]), { ...rule, lossThreshold: 0.1 }).stop).toBe(false);
    expect(banditStep(rates([30, 70], [50, 50]), { ...rule, lossThreshold: 1e-9 }).stop).toBe(false);
  });

  it('turns around where lower is better', () => {
    const means = {
      reward: 'mean' as const,
      arms: [
        { mean: 100, df: 50, scale: 1 },
        { mean: 110, df: 50, scale: 1 },
      ],
    };
    const rule = { control: null, lossThreshold: 0.5 };
    expect(banditStep(means, rule)).toMatchObject({ best: 1, stop: true });
    expect(banditStep(means, { ...rule, lowerIsBetter: true })).toMatchObject({ best: 0, stop: true });
    expect(banditStep(rates([1, 9], [9, 1]), { ...rule, lowerIsBetter: true }).best).toBe(0);
    expect(() => banditStep(means, { control: 0, lossThreshold: 0 })).toThrow(/lossThreshold/);
  });
});
