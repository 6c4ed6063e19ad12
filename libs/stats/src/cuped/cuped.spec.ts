import fc from 'fast-check';
import { pairMomentsOf } from '../accumulators/pair-moments.js';
import { mergeVectorMoments, vectorMomentsOf } from '../accumulators/vector-moments.js';
import { compareMeans } from '../means/two-means.js';
import type { ArmMoments } from '../verdict/types.js';
import { compareCupedRatios } from './cuped-ratio.js';
import { compareCuped } from './cuped.js';
import { lastCoefficient } from './least-squares.js';
import { ancova, linRegression } from './regression-adjustment.js';

const control = { y: [3.1, 2.4, 5.6, 4.4, 3.9, 2.2], x: [2.8, 2.0, 5.1, 4.9, 3.1, 2.6] };
const treatment = { y: [4.0, 5.9, 3.2, 6.1, 4.8], x: [3.0, 5.2, 2.1, 5.5, 3.6] };

const arm = ({ y, x }: { y: number[]; x: number[] }): ArmMoments => {
  const pair = pairMomentsOf(y, x);
  return { n: pair.n, ...pair.x, covariate: { ...pair.y, comoment: pair.comoment } };
};

describe('CUPED where there is nothing to adjust by', () => {
  it('is Welch’s test with a covariate that never varies, and without one', () => {
    const plain = compareMeans(arm(control), arm(treatment), 0.05)!;
    const flat = compareCuped(
      arm({ y: control.y, x: control.y.map(() => 2) }),
      arm({ y: treatment.y, x: treatment.y.map(() => 2) }),
      0.05,
    )!;
    expect(flat).toMatchObject({ theta: 0, varianceReduction: 0 });
    expect(flat.test.pTwoSided).toBeCloseTo(plain.pTwoSided, 14);
    const { covariate: _, ...without } = arm(control);
    expect(compareCuped(without, arm(treatment), 0.05)!.theta).toBe(0);
  });

  it('is undefined with one unit in an arm, or with no variance left', () => {
    expect(compareCuped(arm({ y: [1], x: [1] }), arm(treatment), 0.05)).toBeNull();
    expect(compareCuped(arm({ y: [2, 2], x: [1, 3] }), arm({ y: [2, 2], x: [4, 1] }), 0.05)).toBeNull();
  });

  it('has a difference but no lift from a control of 0', () => {
    const zero = compareCuped(arm({ y: [-1, 1, 0], x: [1, 2, 4] }), arm(treatment), 0.05)!;
    expect(zero.relative).toBeNull();
    expect(Number.isFinite(zero.difference)).toBe(true);
  });
});

/** Values from NumPy and SciPy 1.17.1: ttest_ind on y − θx, and linearised values for the lift. */
describe('CUPED against SciPy', () => {
  const adjusted = compareCuped(arm(control), arm(treatment), 0.05)!;

  it('adjusts the difference and its error', () => {
    expect(adjusted.theta).toBeCloseTo(0.9460747960589045, 12);
    expect(adjusted.difference).toBeCloseTo(0.7616520111593741, 12);
    expect(adjusted.test.df).toBeCloseTo(6.665668740287006, 10);
    expect(adjusted.test.pTwoSided).toBeCloseTo(0.013000150938243131, 12);
    expect(adjusted.test.ci[0]).toBeCloseTo(0.220123859980641, 10);
    expect(adjusted.test.ci[1]).toBeCloseTo(1.3031801623381072, 10);
  });

  it('counts in the lift that the control mean is in its numerator and its denominator', () => {
    expect(adjusted.relative!.lift).toBeCloseTo(0.21157000309982615, 12);
    expect(adjusted.relative!.test.se).toBeCloseTo(0.09156327250570007, 12);
  });

  it('adjusts a ratio by the ratio before', () => {
    const columns = (rows: number[][]) =>
      vectorMomentsOf([0, 1, 2, 3].map((i) => rows.map((row) => row[i]!)));
    const first = columns([
      [5, 3, 4, 2],
      [2, 2, 1, 2],
      [7, 4, 6, 5],
    ]);
    const rest = columns([
      [1, 2, 2, 3],
      [4, 4, 5, 4],
    ]);
    const second = columns([
      [6, 3, 4, 3],
      [3, 2, 2, 2],
      [9, 5, 5, 4],
      [2, 1, 2, 2],
    ]);
    const ratio = compareCupedRatios(mergeVectorMoments(rest, first), second, 0.05)!;
    expect(ratio.theta).toBeCloseTo(0.7737555425339475, 12);
    expect(ratio.absolute.estimate).toBeCloseTo(0.5075517684166317, 12);
    expect(ratio.absolute.test.se).toBeCloseTo(0.18507159037617388, 12);
    expect(ratio.relative!.estimate).toBeCloseTo(0.40069876453944614, 12);
    expect(ratio.relative!.test.se).toBeCloseTo(0.2023960151401726, 12);
  });

  it('has no ratio before where nothing happened before', () => {
    const idle = vectorMomentsOf([
      [1, 2],
      [1, 1],
      [0, 0],
      [0, 0],
    ]);
    expect(compareCupedRatios(idle, idle, 0.05)).toBeNull();
  });
});

/** Values from NumPy: normal equations and sandwich written out. */
describe('regression adjustment', () => {
  it('analysis of covariance with all its errors', () => {
    const fit = ancova(control, treatment)!;
    expect(fit.coefficient).toBeCloseTo(0.7885539624766236, 12);
    expect(fit.thetaWithin).toBeCloseTo(0.8880130306259915, 12);
    expect(fit.seClassical).toBeCloseTo(0.2585226340383469, 12);
    expect(fit.seHC0).toBeCloseTo(0.21093346041349528, 12);
    expect(fit.seHC1).toBeCloseTo(0.24734140674938748, 12);
    expect(fit.seHC2).toBeCloseTo(0.24629234660003846, 12);
    expect(fit.seHC3).toBeCloseTo(0.2887029882362462, 12);
    expect(fit.pClassical).toBeCloseTo(0.015815466669038533, 12);
  });

  it('Lin’s regression', () => {
    const fit = linRegression(control, treatment)!;
    expect(fit.coefficient).toBeCloseTo(0.7900472076797214, 12);
    expect(fit.seHC2).toBeCloseTo(0.2642461578197222, 12);
    expect(fit.seHC3).toBeCloseTo(0.3412868929670948, 12);
  });

  it('is undefined with columns that depend on each other, too few units, or a unit that is its own arm', () => {
    expect(ancova({ y: [1, 2, 3], x: [1, 1, 1] }, { y: [2, 3], x: [1, 1] })).toBeNull();
    expect(ancova({ y: [1, 2], x: [1, 2] }, { y: [3], x: [1] })).toBeNull();
    const alone = ancova({ y: [1, 2, 4, 3], x: [1, 2, 3, 5] }, { y: [3], x: [1] })!;
    expect(alone).toMatchObject({ seHC2: null, seHC3: null });
    expect(() => lastCoefficient([[1, 1]], [1, 2, 3])).toThrow(/2/);
  });
});

it('adjusting never depends on the covariate’s origin or scale', () => {
  const values = fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -50, max: 50 })), {
    minLength: 3,
    maxLength: 12,
  });
  fc.assert(
    fc.property(values, values, (a, b) => {
      const of = (rows: Array<[number, number]>, turn: (x: number) => number) =>
        arm({ y: rows.map(([y]) => y), x: rows.map(([, x]) => turn(x)) });
      const plain = compareCuped(
        of(a, (x) => x),
        of(b, (x) => x),
        0.05,
      );
      const moved = compareCuped(
        of(a, (x) => 3 * x - 7),
        of(b, (x) => 3 * x - 7),
        0.05,
      );
      if (!plain || !moved || plain.test.se < 1e-5) return;
      expect(Math.abs(moved.difference - plain.difference)).toBeLessThan(1e-8);
      expect(Math.abs(moved.test.se / plain.test.se - 1)).toBeLessThan(1e-6);
    }),
  );
});
