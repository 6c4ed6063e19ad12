import { momentsOf } from '../accumulators/moments.js';
import { normalIsf } from '../distributions/normal.js';
import { tuneTwoSided, twoSidedLogP, twoSidedRadius } from '../sequential/asymptotic-cs.js';
import { normals } from '../testing/seeded.js';
import { EMPTY_JUDGED_MOMENTS, judgedMomentsOf, mergeJudgedMoments } from './judged-moments.js';
import { predictionPoweredDifference, predictionPoweredRatio } from './prediction-powered-arms.js';
import { predictionPoweredMean } from './prediction-powered-mean.js';

/** A judge that is biased by 3, twice as wide, and correlated with the labels. */
function judged(normal: () => number, n: number, unlabelled: number, noise: number, level = 5) {
  const unit = (): [number, number] => {
    const y = level + normal();
    return [2 * y + 3 + noise * normal(), y];
  };
  const labelled = Array.from({ length: n }, unit);
  const others = Array.from({ length: unlabelled }, () => unit()[0]);
  return { scores: labelled.map(([f]) => f), labels: labelled.map(([, y]) => y), others };
}

type Raw = ReturnType<typeof judged>;
const momentsOfRaw = ({ scores, labels, others }: Raw) => judgedMomentsOf(scores, labels, others);
const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
const variance = (values: readonly number[]): number => {
  const centre = mean(values);
  return values.reduce((sum, x) => sum + (x - centre) ** 2, 0) / (values.length - 1);
};

/** The paper's formulas on the rows themselves. */
function bruteForce({ scores, labels, others }: Raw): { estimate: number; se: number; lambda: number } {
  const [n, N] = [labels.length, others.length];
  const [my, mf] = [mean(labels), mean(scores)];
  const cov = labels.reduce((sum, y, i) => sum + (y - my) * (scores[i]! - mf), 0) / (n - 1);
  const lambda = cov / ((1 + n / N) * variance([...scores, ...others]));
  const rectified = labels.map((y, i) => y - lambda * scores[i]!);
  return {
    estimate: mean(others.map((f) => lambda * f)) + mean(rectified),
    se: Math.sqrt((lambda * lambda * variance(others)) / N + variance(rectified) / n),
    lambda,
  };
}

describe('the prediction-powered mean', () => {
  it('is the paper’s formulas on raw rows, also from parts merged in any order', () => {
    const raw = judged(normals(1), 60, 300, 1);
    const expected = bruteForce(raw);
    const whole = predictionPoweredMean(momentsOfRaw(raw))!;
    const part = (from: number, to: number, others: number[]) =>
      judgedMomentsOf(raw.scores.slice(from, to), raw.labels.slice(from, to), others);
    const merged = mergeJudgedMoments(
      part(20, 60, raw.others.slice(0, 7)),
      mergeJudgedMoments(EMPTY_JUDGED_MOMENTS, part(0, 20, raw.others.slice(7))),
    );
    for (const result of [whole, predictionPoweredMean(merged)!]) {
      expect(result).toMatchObject({ n: 60, unlabelled: 300 });
      expect(result.estimate).toBeCloseTo(expected.estimate, 11);
      expect(result.se).toBeCloseTo(expected.se, 11);
      expect(result.lambda).toBeCloseTo(expected.lambda, 11);
    }
  });

  it('is the classical mean at lambda 0 and without unlabelled units', () => {
    const raw = judged(normals(2), 40, 100, 1);
    const { m2, mean: centre } = momentsOf(raw.labels);
    const classical = { estimate: centre, se: Math.sqrt(m2 / 39 / 40), lambda: 0, varianceReduction: 0 };
    expect(predictionPoweredMean(momentsOfRaw(raw), { lambda: 0 })).toMatchObject(classical);
    expect(predictionPoweredMean(momentsOfRaw({ ...raw, others: [] }))).toMatchObject(classical);
    expect(predictionPoweredMean(judgedMomentsOf([1], [1], [1, 2, 3]))).toBeNull();
  });

  it('has the error of all units’ mean where the judge is perfect', () => {
    const raw = judged(normals(3), 400, 3600, 0);
    const result = predictionPoweredMean(momentsOfRaw(raw))!;
    const all = [...raw.labels, ...raw.others.map((f) => (f - 3) / 2)];
    expect(result.se / Math.sqrt(variance(all) / all.length)).toBeCloseTo(1, 1);
    expect(Math.abs(result.estimate - mean(all))).toBeLessThan(0.2 * result.se);
  });

  it('is never worse than the labels alone, however useless the judge', () => {
    const normal = normals(4);
    for (let i = 0; i < 200; i++) {
      const raw = judged(normal, 30, 60, 0);
      const useless = { ...raw, scores: raw.scores.map(normal), others: raw.others.map(normal) };
      const result = predictionPoweredMean(momentsOfRaw(useless))!;
      expect(result.se).toBeLessThanOrEqual(result.classical.se);
    }
    const constant = judgedMomentsOf([7, 7, 7], [1, 2, 4], [7, 7]);
    expect(predictionPoweredMean(constant)).toMatchObject({ lambda: 0, varianceReduction: 0 });
  });

  it('does not care on which scale the judge scores', () => {
    const raw = judged(normals(5), 50, 200, 1);
    const scale = (f: number): number => 100 - 7 * f;
    const scaled = { ...raw, scores: raw.scores.map(scale), others: raw.others.map(scale) };
    const [one, other] = [raw, scaled].map((rows) => predictionPoweredMean(momentsOfRaw(rows))!);
    expect(other!.estimate).toBeCloseTo(one!.estimate, 10);
    expect(other!.se).toBeCloseTo(one!.se, 10);
    expect(other!.lambda).toBeCloseTo(one!.lambda / -7, 10);
  });

  it('refuses what are no moments', () => {
    const moments = judgedMomentsOf([1, 2], [1, 2], [1, 2]);
    expect(() => predictionPoweredMean(moments, { lambda: NaN })).toThrow(/lambda/);
    expect(() => predictionPoweredMean({ ...moments, unlabelled: { n: -1, mean: 0, m2: 0 } })).toThrow(
      /n must/,
    );
    expect(() => judgedMomentsOf([1], [1, 2], [])).toThrow(expect.objectContaining({ code: 'STATS_SHAPE' }));
  });
});

describe('two arms', () => {
  const normal = normals(6);
  const runs = Array.from({ length: 1500 }, () => ({
    control: momentsOfRaw(judged(normal, 80, 320, 1, 5)),
    treatment: momentsOfRaw(judged(normal, 120, 240, 1, 6)),
  }));
  const coverage = (of: typeof predictionPoweredDifference, truth: number): number => {
    const hit = runs.filter(({ control, treatment }) => {
      const { estimate, se } = of(control, treatment)!;
      return Math.abs(estimate - truth) <= normalIsf(0.025) * se;
    });
    return hit.length / runs.length;
  };

  it('are covered at 95 % in their difference and their ratio', () => {
    for (const rate of [coverage(predictionPoweredDifference, 1), coverage(predictionPoweredRatio, 1.2)]) {
      expect(rate).toBeGreaterThan(0.93);
      expect(rate).toBeLessThan(0.965);
    }
  });

  it('give a point that a confidence sequence takes as it is', () => {
    const { control, treatment } = runs[0]!;
    const point = predictionPoweredDifference(control, treatment)!;
    expect(point.n).toBe(200);
    expect(point.se).toBeCloseTo(Math.hypot(point.control.se, point.treatment.se), 14);
    const rho = tuneTwoSided(0.05, 200);
    const low = point.estimate - twoSidedRadius(point.n, rho, 0.05) * point.se;
    expect(twoSidedLogP(point, rho, low)).toBeCloseTo(Math.log(0.05), 8);
    expect(point.se).toBeLessThan(0.8 * Math.hypot(point.control.classical.se, point.treatment.classical.se));
  });

  it('swapped, turn the difference around and the ratio over; undefined stays undefined', () => {
    const { control, treatment } = runs[1]!;
    expect(predictionPoweredDifference(treatment, control)!.estimate).toBe(
      -predictionPoweredDifference(control, treatment)!.estimate,
    );
    const [ratio, turned] = [
      predictionPoweredRatio(control, treatment)!,
      predictionPoweredRatio(treatment, control)!,
    ];
    expect(ratio.estimate * turned.estimate).toBeCloseTo(1, 12);
    expect(ratio.se / ratio.estimate).toBeCloseTo(turned.se / turned.estimate, 12);
    expect(predictionPoweredDifference(EMPTY_JUDGED_MOMENTS, control)).toBeNull();
    const zero = judgedMomentsOf([0, 1], [-1, 1], []);
    expect(predictionPoweredRatio(zero, control)).toBeNull();
  });
});
