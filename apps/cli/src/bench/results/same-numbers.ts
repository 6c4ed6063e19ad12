import type { SubjectEvidence } from '@app/metrics';
import { METRICS } from './workload.js';

type Row = Readonly<Record<string, string | number>>;

/** Doubles added in another order differ in their last digits. */
const SAME = 1e-9;
/** Bins are one percent wide. */
const SAME_QUANTILE = 0.01;

/**
 * Holds the statistics of a subject against what plain SQL made of the events.
 *
 * @throws Error naming the first figure that differs
 */
export function closeTo(evidence: SubjectEvidence, rows: readonly Row[], quantiles: readonly Row[]): void {
  METRICS.forEach(({ definition: { key, kind } }, i) => {
    const metric = evidence.metrics.find((one) => one.key === key)!;
    for (const row of rows) {
      const arm = metric.epochs[0]!.arms[row['variant']!]!;
      same(`${key} n`, arm.n, Number(row[`n${i}`]), 0);
      same(`${key} mean`, arm.mean, Number(row[`mean${i}`]), SAME);
      same(`${key} variance`, arm.m2 / (arm.n - 1), Number(row[`var${i}`]), SAME);
      const covariance = (arm.covariate?.comoment ?? NaN) / (arm.n - 1);
      same(`${key} covariance`, covariance, Number(row[`cov${i}`]), SAME);
      if (kind === 'ratio') same(`${key} per`, arm.denominator!.mean, Number(row[`per${i}`]), SAME);
    }
    if (kind !== 'quantile') return;
    for (const row of quantiles) {
      const found = metric.quantiles![row['variant']!]!;
      same(`${key} events`, found.events, Number(row['n']), 0);
      same(`${key} quantile`, found.value, Number(row['q']), SAME_QUANTILE);
      same(`${key} design effect`, found.designEffect!, designEffect(row), 0.05);
    }
  });
}

function designEffect(row: Row): number {
  const [n, s, nn, sn, ss] = ['n', 's', 'nn', 'sn', 'ss'].map((name) => Number(row[name])) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const share = s / n;
  return (ss - 2 * share * sn + share * share * nn) / (n * share * (1 - share));
}

function same(what: string, got: number, wanted: number, tolerance: number): void {
  if (Math.abs(got - wanted) <= tolerance * Math.max(Math.abs(wanted), 1e-12)) return;
  throw new Error(`${what}: the statistics say ${got}, plain SQL over the events says ${wanted}`);
}
