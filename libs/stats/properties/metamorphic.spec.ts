import fc from 'fast-check';
import {
  analyseLook,
  mergeArmMoments,
  type ArmMoments,
  type MetricComparison,
  type MetricPlan,
} from '../src/index.js';
import { buildLook, evidence } from '../src/testing/look.builder.js';
import { RUNS } from './runs.js';

/** One unit: its value, its denominator and its covariate (null: it has none). */
interface Unit {
  readonly value: number;
  readonly denominator: number;
  readonly covariate: number | null;
}

const DAYS = 14;
const METRICS: readonly MetricPlan[] = [
  {
    key: 'solved',
    role: 'success',
    kind: 'proportion',
    direction: 'increase',
    mde: { value: 0.02, type: 'absolute' },
  },
  {
    key: 'score',
    role: 'success',
    kind: 'mean',
    direction: 'increase',
    mde: { value: 0.02, type: 'absolute' },
  },
  { key: 'tokens', role: 'guardrail', kind: 'mean', direction: 'decrease' },
  { key: 'cost', role: 'guardrail', kind: 'ratio', direction: 'decrease' },
];

const quarter = (most: number): fc.Arbitrary<number> =>
  fc.integer({ min: 1, max: 4 * most }).map((n) => n / 4);
const unit: fc.Arbitrary<Unit> = fc.record({
  value: quarter(20),
  denominator: quarter(5),
  covariate: fc.option(quarter(20), { freq: 6 }),
});
const arm = fc.array(unit, { minLength: 3, maxLength: 30 });
/** Two arms, and how often each of their units occurs: once is before every burn-in, 500 times after it. */
const world = fc.record({ old: arm, new: arm, times: fc.constantFrom(1, 40, 500) });
type World = typeof world extends fc.Arbitrary<infer T> ? T : never;

const isLarge = (value: number): number => (value > 10 ? 1 : 0);

function momentsOfUnit({ value, denominator, covariate }: Unit, metric: MetricPlan): ArmMoments {
  return {
    n: 1,
    mean: metric.kind === 'proportion' ? isLarge(value) : value,
    m2: 0,
    ...(metric.kind === 'ratio' && { denominator: { mean: denominator, m2: 0, comoment: 0 } }),
    covariate:
      covariate === null
        ? { n: 0, mean: 0, m2: 0, comoment: 0 }
        : { mean: covariate, m2: 0, comoment: 0, ...(metric.kind === 'ratio' && { denominatorComoment: 0 }) },
  };
}

/** All units twice, then twice again, until there are at least so many of each. */
function repeated(moments: ArmMoments, times: number): ArmMoments {
  let all = moments;
  for (let k = 1; k < times; k *= 2) all = mergeArmMoments(all, all);
  return all;
}

type Merge = (parts: readonly ArmMoments[]) => ArmMoments;
const inOrder: Merge = (parts) => parts.reduce(mergeArmMoments);
const backwards: Merge = (parts) => [...parts].reverse().reduce(mergeArmMoments);
const byHalves: Merge = (parts) => {
  if (parts.length === 1) return parts[0]!;
  const middle = parts.length >> 1;
  return mergeArmMoments(byHalves(parts.slice(middle)), byHalves(parts.slice(0, middle)));
};

function look({ old, new: other, times }: World, merge: Merge = inOrder) {
  const moments = (units: readonly Unit[], metric: MetricPlan) =>
    repeated(merge(units.map((one) => momentsOfUnit(one, metric))), times);
  const metrics = METRICS.map((metric) => evidence(metric, moments(old, metric), moments(other, metric)));
  return analyseLook(buildLook({ metrics, fullDays: DAYS }));
}

const comparisonOf = (result: ReturnType<typeof look>) => result.comparisons[0]!;
const mapped = (from: World, of: (one: Unit) => Unit): World => ({
  ...from,
  old: from.old.map(of),
  new: from.new.map(of),
});

/** Both null, or equal to so much of the larger of the two and of `scale`. */
function near(
  a: number | null | undefined,
  b: number | null | undefined,
  tolerance: number,
  scale = 0,
): void {
  if (a === null || a === undefined || b === null || b === undefined)
    return expect(a ?? null).toBe(b ?? null);
  expect(Math.abs(a - b)).toBeLessThanOrEqual(tolerance * Math.max(Math.abs(a), Math.abs(b), scale));
}

/** An error that is nothing but rounding around no variance says nothing about a p-value. */
const hasError = ({ se, difference }: MetricComparison): boolean =>
  se !== null && se > 1e-6 * Math.abs(difference ?? 0);
const lnOf = (p: number | null | undefined): number | null => (p ? Math.log(p) : null);

describe('a look', () => {
  it('turns round with the arms: every difference changes its sign, every p stays', () => {
    fc.assert(
      fc.property(world, (one) => {
        const [there, back] = [look(one), look({ ...one, old: one.new, new: one.old })].map(comparisonOf);
        there!.metrics.forEach((a, i) => {
          const b = back!.metrics[i]!;
          near(a.difference, b.difference === null ? null : -b.difference, 1e-12, 1);
          near(a.se, b.se, 1e-12);
          if (!hasError(a)) return;
          near(lnOf(a.sequential.p), lnOf(b.sequential.p), 1e-9, 1);
          near(lnOf(a.welch?.p), lnOf(b.welch?.p), 1e-9, 1);
        });
      }),
      RUNS,
    );
  });

  it('goes with the unit of a metric: differences and errors by the factor, p, lift and outcome not at all', () => {
    fc.assert(
      fc.property(world, fc.constantFrom(1000, 1e-6, 7), (one, by) => {
        const scaled = mapped(one, (u) => ({ ...u, value: u.value * by }));
        const [plain, other] = [one, scaled].map((w) => {
          const metrics = METRICS.slice(2).map((metric) =>
            evidence(
              metric,
              repeated(inOrder(w.old.map((u) => momentsOfUnit(u, metric))), w.times),
              repeated(inOrder(w.new.map((u) => momentsOfUnit(u, metric))), w.times),
            ),
          );
          return comparisonOf(analyseLook(buildLook({ metrics, fullDays: DAYS })));
        });
        plain!.metrics.forEach((a, i) => {
          const b = other!.metrics[i]!;
          near(a.difference === null ? null : a.difference * by, b.difference, 1e-9, by);
          if (!hasError(a)) return;
          near(a.se! * by, b.se, 1e-9);
          near(a.lift, b.lift, 1e-9, 1);
          near(lnOf(a.sequential.p), lnOf(b.sequential.p), 1e-8, 1);
          near(lnOf(a.welch?.p), lnOf(b.welch?.p), 1e-8, 1);
        });
      }),
      RUNS,
    );
  });

  it('leaves the absolute test of a mean alone when everybody gets the same on top', () => {
    fc.assert(
      fc.property(world, fc.constantFrom(1, -50, 4096), (one, extra) => {
        const raised = mapped(one, (u) => ({ ...u, value: u.value + extra }));
        const [plain, other] = [one, raised].map((w) => comparisonOf(look(w)).metrics[1]!);
        const [a, b] = [plain!, other!];
        near(a.difference, b.difference, 1e-9, 1);
        if (!hasError(a)) return;
        near(a.se, b.se, 1e-9);
        near(lnOf(a.sequential.p), lnOf(b.sequential.p), 1e-7, 1);
        near(lnOf(a.welch?.p), lnOf(b.welch?.p), 1e-7, 1);
      }),
      RUNS,
    );
  });

  it('is the same to 1e-10 in whatever order its partitions were merged', () => {
    fc.assert(
      fc.property(world, fc.constantFrom(backwards, byHalves), (one, merge) => {
        const [a, b] = [look(one), look(one, merge)].map(comparisonOf);
        expect(b!.verdict).toBe(a!.verdict);
        expect(b!.reasons.map(({ code }) => code)).toEqual(a!.reasons.map(({ code }) => code));
        a!.metrics.forEach((metric, i) => {
          const other = b!.metrics[i]!;
          expect(other.outcome).toBe(metric.outcome);
          near(metric.difference, other.difference, 1e-10, 1);
          if (!hasError(metric)) return;
          near(metric.se, other.se, 1e-10);
          near(metric.interval95?.lower, other.interval95?.lower, 1e-10, 1);
          near(metric.sequential.lift?.upper, other.sequential.lift?.upper, 1e-10, 1);
        });
      }),
      RUNS,
    );
  });
});
