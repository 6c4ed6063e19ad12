import type { ArmSummary, MetricComparison } from '@app/stats';
import type { ExperimentResults } from '../client/results.js';

/** One figure that was held against the expected one. */
export interface Check {
  readonly name: string;
  readonly got: unknown;
  readonly expected: unknown;
  readonly ok: boolean;
}

interface ExpectedArm {
  n: number;
  mean?: number | null;
  sd?: number | null;
  value?: number | null;
  se?: number | null;
}

interface ExpectedComparison {
  control: string;
  treatment: string;
  difference: number | null;
  se: number | null;
  lift?: number | null;
  welch?: { t: number; df: number; p: number; ci95: [number, number] };
}

/** expected.json of a replay folder; `assignment` says which half applies. */
export interface Expected {
  readonly assignment: 'given' | 'platform';
  readonly srm?: { counts: number[]; p: number };
  readonly metrics?: Record<
    string,
    { variants: Record<string, ExpectedArm>; comparisons?: ExpectedComparison[] }
  >;
  readonly crossingUnits?: number;
  readonly verdicts?: Record<string, string[]>;
  readonly tolerance?: { relative?: number; p?: { relative?: number } };
  readonly units?: number;
  readonly truth?: Record<
    string,
    { variants: Record<string, ExpectedArm>; differences: Record<string, number> }
  >;
}

/**
 * Holds the results of a replay against its expected.json; every figure becomes one check.
 *
 * @param variants the experiment's arms in the order of its plan: expected.json lists SRM counts in that order
 */
export function compareWithExpected(
  results: ExperimentResults,
  expected: Expected,
  variants: readonly string[],
): Check[] {
  const checks =
    expected.assignment === 'given' ? given(results, expected, variants) : platform(results, expected);
  for (const [treatment, allowed] of Object.entries(expected.verdicts ?? {})) {
    const verdict = results.comparisons.find((comparison) => comparison.treatment === treatment)?.verdict;
    checks.push({
      name: `verdict of ${treatment}`,
      got: verdict ?? null,
      expected: allowed,
      ok: verdict !== undefined && allowed.includes(verdict),
    });
  }
  return checks;
}

function given(results: ExperimentResults, expected: Expected, variants: readonly string[]): Check[] {
  const exact = expected.tolerance?.relative ?? 1e-9;
  const loose = expected.tolerance?.p?.relative ?? 1e-6;
  const checks: Check[] = [];
  if (expected.srm) {
    const fixed = results.integrity.srmFixed;
    expected.srm.counts.forEach((count, index) => {
      const variant = variants[index] ?? '';
      checks.push(near(`srm count of ${variant}`, fixed?.counts[variant], count, 0));
    });
    checks.push(near('srm p', fixed?.p, expected.srm.p, loose));
  }
  if (expected.crossingUnits !== undefined) {
    checks.push(near('crossing units', results.crossingUnits, expected.crossingUnits, 0));
  }
  for (const [metric, entry] of Object.entries(expected.metrics ?? {})) {
    for (const [variant, arm] of Object.entries(entry.variants)) {
      checks.push(...armChecks(`${metric} · ${variant}`, results.summaries[metric]?.[variant], arm, exact));
    }
    for (const wanted of entry.comparisons ?? []) {
      const got = metricOf(results, wanted.treatment, metric);
      checks.push(
        ...comparisonChecks(`${metric} · ${wanted.treatment} − ${wanted.control}`, got, wanted, exact, loose),
      );
    }
  }
  return checks;
}

function armChecks(name: string, got: ArmSummary | undefined, arm: ExpectedArm, exact: number): Check[] {
  const checks = [near(`${name} n`, got?.n, arm.n, 0)];
  if (arm.mean !== undefined) checks.push(near(`${name} mean`, got?.mean, arm.mean, exact));
  if (arm.sd !== undefined) checks.push(near(`${name} sd`, got?.sd, arm.sd, exact));
  if (arm.value !== undefined) checks.push(near(`${name} ratio`, got?.ratio?.value, arm.value, exact));
  if (arm.se !== undefined) checks.push(near(`${name} ratio se`, got?.ratio?.se, arm.se, exact));
  return checks;
}

function comparisonChecks(
  name: string,
  got: MetricComparison | undefined,
  wanted: ExpectedComparison,
  exact: number,
  loose: number,
): Check[] {
  // What a recording expects was counted without covariates.
  const plain = got?.adjustment?.unadjusted ?? got;
  const checks = [
    near(`${name} difference`, plain?.difference, wanted.difference, exact),
    near(`${name} se`, plain?.se, wanted.se, exact),
  ];
  if (wanted.lift !== undefined) checks.push(near(`${name} lift`, plain?.lift, wanted.lift, exact));
  if (wanted.welch) {
    checks.push(
      near(`${name} t`, got?.welch?.t, wanted.welch.t, loose),
      near(`${name} df`, got?.welch?.df, wanted.welch.df, loose),
      near(`${name} p`, got?.welch?.p, wanted.welch.p, loose),
      near(`${name} ci95 lower`, got?.welch?.ci95[0], wanted.welch.ci95[0], loose),
      near(`${name} ci95 upper`, got?.welch?.ci95[1], wanted.welch.ci95[1], loose),
    );
  }
  return checks;
}

function platform(results: ExperimentResults, expected: Expected): Check[] {
  const checks: Check[] = [near('units in two arms', results.crossingUnits, 0, 0)];
  if (expected.units !== undefined) {
    const seen = Object.values(results.integrity.srmFixed?.counts ?? {}).reduce(
      (sum, count) => sum + count,
      0,
    );
    checks.push(near('units', seen, expected.units, 0));
  }
  for (const [metric, truth] of Object.entries(expected.truth ?? {})) {
    for (const [treatment, difference] of Object.entries(truth.differences)) {
      const got = metricOf(results, treatment, metric);
      checks.push({
        name: `${metric} · ${treatment}: 99.9 % always-valid interval covers the truth`,
        got: got?.interval999 ?? null,
        expected: difference,
        ok: covers(got?.interval999, difference),
      });
    }
  }
  return checks;
}

/** Whether each 95 % always-valid interval covers the truth: reported, never failed (one in twenty may miss). */
export function coverage95(
  results: ExperimentResults,
  expected: Expected,
): Array<{ name: string; covers: boolean }> {
  return Object.entries(expected.truth ?? {}).flatMap(([metric, truth]) =>
    Object.entries(truth.differences).map(([treatment, difference]) => ({
      name: `${metric} · ${treatment}`,
      covers: covers(metricOf(results, treatment, metric)?.interval95, difference),
    })),
  );
}

function metricOf(
  results: ExperimentResults,
  treatment: string,
  metric: string,
): MetricComparison | undefined {
  return results.comparisons
    .find((comparison) => comparison.treatment === treatment)
    ?.metrics.find((entry) => entry.metric === metric);
}

function covers(interval: MetricComparison['interval95'] | undefined, truth: number): boolean {
  if (!interval) return false;
  return (interval.lower ?? -Infinity) <= truth && truth <= (interval.upper ?? Infinity);
}

/** An expected null wants no figure; undefined is what a folder did not write down and is not compared. */
function near(
  name: string,
  got: number | null | undefined,
  expected: number | null,
  relative: number,
): Check {
  const ok =
    expected === null
      ? got === null || got === undefined
      : typeof got === 'number' && Math.abs(got - expected) <= relative * Math.abs(expected);
  return { name, got: got ?? null, expected, ok };
}
