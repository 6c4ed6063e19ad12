import { momentsOf, momentsOfProportion, EMPTY_MOMENTS, mergeMoments } from '../accumulators/moments.js';
import { probBestOfBetas } from '../bayesian/best-arm.js';
import { betaPosterior } from '../bayesian/beta-arm.js';
import { normals, uniform } from '../testing/seeded.js';
import { aipwDifference, aipwMean } from './aipw.js';
import { armAt, thompsonAllocation } from './allocation.js';
import { banditBatches, type BanditBatch, type BanditRow } from './bandit-batch.js';

const mean = (values: readonly number[]): number =>
  values.reduce((all, value) => all + value, 0) / values.length;

/** The definition, row by row: the scores of both arms, and what each unit adds to their weighted means. */
function bruteForce(rows: readonly BanditRow[], stabilised: boolean) {
  const arms = [0, 1].map((arm) => {
    const scores = rows.map(({ propensities, reward, arm: drawn }, t) => {
      const e = propensities[arm]!;
      const batchFrom = rows.findIndex((row) => row.propensities[0] === propensities[0]);
      const earlier = rows.slice(0, batchFrom).filter((row) => row.arm === arm);
      const others = rows.filter(
        (row, i) => i !== t && row.arm === arm && row.propensities[0] === propensities[0],
      );
      const m = mean((earlier.length > 0 ? earlier : others).map((row) => row.reward));
      return { h: stabilised ? Math.sqrt(e) : 1, score: m + (drawn === arm ? (reward - m) / e : 0) };
    });
    const total = scores.reduce((all, { h }) => all + h, 0);
    const estimate = scores.reduce((all, { h, score }) => all + h * score, 0) / total;
    return { estimate, influence: scores.map(({ h, score }) => (h * (score - estimate)) / total) };
  });
  const se = (values: readonly number[]): number => Math.hypot(...values);
  const [c, t] = [arms[0]!, arms[1]!];
  return {
    mean: { estimate: t.estimate, se: se(t.influence) },
    difference: {
      estimate: t.estimate - c.estimate,
      se: se(t.influence.map((x, i) => x - c.influence[i]!)),
    },
  };
}

function rowsOf(seed: number): BanditRow[] {
  const [random, normal] = [uniform(seed), normals(seed + 1)];
  return [0.5, 0.2, 0.7].flatMap((e) =>
    Array.from({ length: 30 }, () => {
      const arm = random() < e ? 0 : 1;
      return { arm, reward: 100 + 3 * arm + normal(), propensities: [e, 1 - e] };
    }),
  );
}

describe('an estimate from logged propensities', () => {
  it.each([true, false])('is the definition row by row (stabilised: %s)', (stabilised) => {
    const rows = rowsOf(1);
    const expected = bruteForce(rows, stabilised);
    const batches = banditBatches(rows);
    expect(batches).toHaveLength(3);
    const options = { weights: stabilised ? ('stabilised' as const) : ('uniform' as const) };
    const one = aipwMean(batches, 1, options)!;
    expect(one.estimate).toBeCloseTo(expected.mean.estimate, 10);
    expect(one.se).toBeCloseTo(expected.mean.se, 10);
    expect(one.n).toBe(90);
    const two = aipwDifference(batches, { control: 0, treatment: 1 }, options)!;
    expect(two.estimate).toBeCloseTo(expected.difference.estimate, 10);
    expect(two.se).toBeCloseTo(expected.difference.se, 10);
  });

  it('is the plain mean and its error where one batch is split evenly', () => {
    const rows = rowsOf(2).slice(0, 30);
    const own = momentsOf(rows.filter(({ arm }) => arm === 1).map(({ reward }) => reward));
    const one = aipwMean(banditBatches(rows), 1)!;
    expect(one.estimate).toBeCloseTo(own.mean, 10);
    expect(one.se / Math.sqrt(own.m2 / (own.n - 1) / own.n)).toBeCloseTo(1, 0);
  });

  it('moves with the rewards, whatever their origin, and turns around with the arms', () => {
    const rows = rowsOf(3);
    const moved = rows.map((row) => ({ ...row, reward: row.reward + 1000 }));
    const arms = { control: 0, treatment: 1 };
    const [one, other] = [rows, moved].map((all) => aipwDifference(banditBatches(all), arms)!);
    expect(other!.estimate).toBeCloseTo(one!.estimate, 8);
    expect(other!.se).toBeCloseTo(one!.se, 8);
    const turned = aipwDifference(banditBatches(rows), { control: 1, treatment: 0 })!;
    expect(turned.estimate).toBeCloseTo(-one!.estimate, 12);
    expect(turned.se).toBeCloseTo(one!.se, 12);
  });

  it('refuses a propensity of 0, and has no answer for an arm that was never drawn', () => {
    const batch = (propensities: number[], n: number): BanditBatch => ({
      propensities,
      arms: [momentsOfProportion(3, 10), momentsOfProportion(0, n)],
    });
    expect(() => aipwMean([batch([1, 0], 0)], 0)).toThrow(/propensity must be above 0/);
    expect(() => aipwMean([batch([0.5, 0.4], 5)], 0)).toThrow(/distribution/);
    expect(() => aipwMean([batch([0.5, 0.5], 5)], 2)).toThrow(/arm must/);
    expect(() => aipwMean([batch([1], 5)], 0)).toThrow(expect.objectContaining({ code: 'STATS_SHAPE' }));
    expect(aipwMean([batch([0.9, 0.1], 0)], 1)).toBeNull();
    expect(aipwDifference([batch([0.9, 0.1], 0)], { control: 0, treatment: 1 })).toBeNull();
    expect(() => banditBatches([{ arm: 2, reward: 1, propensities: [0.5, 0.5] }])).toThrow(/arm 2/);
  });
});

describe('a batched Thompson run of two equal arms', () => {
  const RUNS = 1000;
  const random = uniform(5);
  const TRUTH = 0.3;
  const runs = Array.from({ length: RUNS }, () => {
    const totals = [EMPTY_MOMENTS, EMPTY_MOMENTS];
    const batches: BanditBatch[] = [];
    let propensities: readonly number[] = [0.5, 0.5];
    for (let b = 0; b < 8; b++) {
      const counts = [0, 0];
      const wins = [0, 0];
      for (let i = 0; i < 200; i++) {
        const arm = armAt(propensities, random());
        counts[arm]!++;
        if (random() < TRUTH) wins[arm]!++;
      }
      const arms = counts.map((n, arm) => momentsOfProportion(wins[arm]!, n));
      batches.push({ propensities, arms });
      arms.forEach((moments, arm) => (totals[arm] = mergeMoments(totals[arm]!, moments)));
      const beliefs = totals.map(({ n, mean: rate }) => betaPosterior(Math.round(rate * n), n));
      propensities = thompsonAllocation(probBestOfBetas(beliefs), { control: null });
    }
    return { batches, naive: totals[1]!.mean };
  });
  const deviations = (values: readonly number[]): number => {
    const centre = mean(values);
    const sd = Math.sqrt(mean(values.map((x) => (x - centre) ** 2)));
    return ((centre - TRUTH) / sd) * Math.sqrt(values.length);
  };

  it('is judged without bias by inverse propensities, where the plain mean is too low', () => {
    const weighted = runs.map(({ batches }) => aipwMean(batches, 1, { weights: 'uniform' })!.estimate);
    expect(Math.abs(deviations(weighted))).toBeLessThan(3);
    expect(deviations(runs.map(({ naive }) => naive))).toBeLessThan(-5);
  });

  it('is covered by the 95 % interval of stabilised weights, mean and difference', () => {
    const hits = (interval: (batches: BanditBatch[]) => readonly [number, number], truth: number): number =>
      runs.filter(({ batches }) => {
        const [low, high] = interval(batches);
        return low <= truth && truth <= high;
      }).length / RUNS;
    expect(hits((batches) => aipwMean(batches, 1)!.ci, TRUTH)).toBeGreaterThanOrEqual(0.93);
    const both = { control: 0, treatment: 1 };
    expect(hits((batches) => aipwDifference(batches, both)!.ci, 0)).toBeGreaterThanOrEqual(0.93);
  });
});
