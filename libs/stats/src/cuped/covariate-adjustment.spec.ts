import fc from 'fast-check';
import { mergeArmMoments } from '../accumulators/arm-moments.js';
import { momentsOf } from '../accumulators/moments.js';
import { pairMomentsOf } from '../accumulators/pair-moments.js';
import type { ArmMoments } from '../verdict/types.js';
import { compareCuped } from './cuped.js';
import { covariateAdjustment } from './covariate-adjustment.js';

/** Units of one arm: value, covariate (null: not known), and a denominator for ratios. */
interface Unit {
  readonly y: number;
  readonly x: number | null;
  readonly d?: number;
}

/** Moments straight from the units, by their definitions. */
function armOf(units: readonly Unit[]): ArmMoments {
  const y = momentsOf(units.map((unit) => unit.y));
  const known = units.filter((unit) => unit.x !== null);
  const pair = pairMomentsOf(
    known.map((unit) => unit.x!),
    known.map((unit) => unit.y),
  );
  const partial = known.length < units.length;
  const ratio = units[0]?.d !== undefined;
  const d = momentsOf(units.map((unit) => unit.d ?? 0));
  const ofD = (list: readonly Unit[], other: (unit: Unit) => number) =>
    pairMomentsOf(
      list.map(other),
      list.map((unit) => unit.d ?? 0),
    );
  return {
    n: y.n,
    mean: y.mean,
    m2: y.m2,
    ...(ratio && {
      denominator: { mean: d.mean, m2: d.m2, comoment: ofD(units, (unit) => unit.y).comoment },
    }),
    ...(known.length > 0 && {
      covariate: {
        mean: pair.x.mean,
        m2: pair.x.m2,
        comoment: pair.comoment,
        ...(partial && { n: known.length, valueGap: pair.y.mean - y.mean }),
        ...(ratio && { denominatorComoment: ofD(known, (unit) => unit.x!).comoment }),
        ...(partial && ratio && { denominatorGap: ofD(known, (unit) => unit.x!).y.mean - d.mean }),
      },
    }),
  };
}

/** The adjusted value of each unit, by the definition, and its mean and variance of the mean. */
function adjustedByHand(arm: readonly Unit[], all: readonly Unit[], theta: number, thetaKnown: number) {
  const known = all.filter((unit) => unit.x !== null);
  const centre = known.reduce((sum, unit) => sum + unit.x!, 0) / known.length;
  const share = known.length / all.length;
  const moments = momentsOf(
    arm.map(
      ({ y, x }) => y - (x === null ? 0 : theta * (x - centre)) - thetaKnown * ((x === null ? 0 : 1) - share),
    ),
  );
  return { mean: moments.mean, variance: moments.m2 / (moments.n - 1) / moments.n };
}

const C: Unit[] = [
  { y: 3.1, x: 2.8 },
  { y: 2.4, x: 2.0 },
  { y: 5.6, x: null },
  { y: 4.4, x: 4.9 },
  { y: 3.9, x: 3.1 },
  { y: 2.2, x: 2.6 },
];
const T: Unit[] = [
  { y: 4.0, x: 3.0 },
  { y: 5.9, x: 5.2 },
  { y: 3.2, x: 2.1 },
  { y: 6.1, x: null },
  { y: 4.8, x: 3.6 },
];
const adjust = (c: readonly Unit[], t: readonly Unit[], kind = 'mean') =>
  covariateAdjustment(kind, [{ number: 1, arms: { old: armOf(c), new: armOf(t) } }]);

describe('adjusting all arms of a metric by its covariate', () => {
  it('gives the mean and variance that the adjusted units have, with some covariates missing', () => {
    const result = adjust(C, T)!;
    expect(result.coverage).toBeCloseTo(9 / 11, 14);
    for (const [arm, units] of [
      ['old', C],
      ['new', T],
    ] as const) {
      const wanted = adjustedByHand(units, [...C, ...T], result.theta, result.thetaKnown);
      const { shift, variance } = result.epochs[1]![arm]!;
      expect(armOf(units).mean - shift).toBeCloseTo(wanted.mean, 12);
      expect(variance).toBeCloseTo(wanted.variance, 12);
    }
  });

  it('takes the slopes that leave least variance within the arms', () => {
    const { theta, thetaKnown } = adjust(C, T)!;
    const left = (a: number, b: number) =>
      [C, T].reduce((sum, units) => {
        const { variance } = adjustedByHand(units, [...C, ...T], a, b);
        return sum + variance * units.length * (units.length - 1);
      }, 0);
    // x̄ is that of both arms, so the two slopes are orthogonal only up to the gap between the arms.
    for (const [a, b] of [
      [theta + 0.2, thetaKnown],
      [theta - 0.2, thetaKnown],
      [theta, thetaKnown + 0.6],
      [theta, thetaKnown - 0.6],
      [0, 0],
    ] as const)
      expect(left(a, b)).toBeGreaterThan(left(theta, thetaKnown));
  });

  it('agrees with the two-arm comparison where every unit has its covariate, up to how θ is centred', () => {
    const full = (units: readonly Unit[]) => units.filter((unit) => unit.x !== null);
    const result = adjust(full(C), full(T))!;
    const known = compareCuped(armOf(full(C)), armOf(full(T)), 0.05)!;
    const { old, new: fresh } = result.epochs[1]!;
    const difference = armOf(full(T)).mean - fresh!.shift - (armOf(full(C)).mean - old!.shift);
    expect(Math.abs(difference - known.difference)).toBeLessThan(0.2 * known.test.se);
    expect(Math.sqrt(old!.variance + fresh!.variance) / known.test.se).toBeCloseTo(1, 1);
  });

  it('leaves alone what has no covariate, one that few units have, or one that never varies', () => {
    expect(adjust([{ y: 1, x: null }, ...C.slice(2, 3)], T.slice(3, 4))).toBeNull();
    expect(adjust([...C.slice(0, 2), ...C.map(({ y }) => ({ y, x: null }))], T.slice(3, 4))).toBeNull();
    const flat = (units: readonly Unit[]) => units.map(({ y }) => ({ y, x: 7 }));
    expect(adjust(flat(C), flat(T))).toBeNull();
  });

  it('adjusts a ratio through its linearised units', () => {
    const ratio = (units: readonly Unit[]): Unit[] => units.map((unit, i) => ({ ...unit, d: 1 + (i % 3) }));
    const [c, t] = [ratio(C), ratio(T)];
    const linear = (units: readonly Unit[]): Unit[] => {
      const { mean, denominator } = armOf(units);
      const r = mean / denominator!.mean;
      return units.map(({ y, x, d }) => ({ y: (y - r * d!) / denominator!.mean, x }));
    };
    const asRatio = adjust(c, t, 'ratio')!;
    const asMeans = adjust(linear(c), linear(t))!;
    expect(asRatio.theta).toBeCloseTo(asMeans.theta, 12);
    expect(asRatio.thetaKnown).toBeCloseTo(asMeans.thetaKnown, 12);
    for (const arm of ['old', 'new']) {
      expect(asRatio.epochs[1]![arm]!.shift).toBeCloseTo(asMeans.epochs[1]![arm]!.shift, 12);
      expect(asRatio.epochs[1]![arm]!.variance).toBeCloseTo(asMeans.epochs[1]![arm]!.variance, 12);
    }
  });
});

it('moments with a covariate may be merged in any parts, whoever has it', () => {
  const unit = fc.record({
    y: fc.integer({ min: -40, max: 40 }),
    x: fc.option(fc.integer({ min: -9, max: 9 }), { nil: null }),
    d: fc.integer({ min: 1, max: 5 }),
  });
  const close = (got: number | undefined, wanted: number | undefined) =>
    expect(Math.abs((got ?? 0) - (wanted ?? 0))).toBeLessThan(1e-9 * (1 + Math.abs(wanted ?? 0)) * 100);
  fc.assert(
    fc.property(
      fc.array(fc.array(unit, { minLength: 1, maxLength: 6 }), { minLength: 2, maxLength: 5 }),
      (parts) => {
        const merged = parts.map(armOf).reduce(mergeArmMoments);
        const whole = armOf(parts.flat());
        const [got, wanted] = [merged.covariate, whole.covariate];
        expect(got?.n ?? merged.n).toBe(wanted ? (wanted.n ?? whole.n) : (got?.n ?? merged.n));
        for (const figure of [
          'mean',
          'm2',
          'comoment',
          'valueGap',
          'denominatorGap',
          'denominatorComoment',
        ] as const)
          close(got?.[figure], wanted?.[figure]);
      },
    ),
  );
});
