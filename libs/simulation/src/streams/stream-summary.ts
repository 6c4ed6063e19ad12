import { shown } from '../harness/judges.js';
import type { ReplicateOutcome } from './replay-replicate.js';

const ALPHA = 0.05;

/** What all replicates of a metric say together. Rates are shares of the replicates. */
export interface StreamSummary {
  readonly replicates: number;
  readonly everRejects: number;
  /** The bar for `everRejects`; null where the arms truly differ and rejecting is right. */
  readonly rejectionLimit: number | null;
  /** Medians over the replicates that stopped; null when none did. */
  readonly medianUnitsAtStop: number | null;
  readonly medianTimeAtStop: number | null;
  /** Mean over the replicates that stopped. */
  readonly estimateAtStop: number | null;
  /** Mean of the estimates over all units: what stands for the true difference. */
  readonly truth: number | null;
  readonly coverageAtStop: number | null;
  /** Share of replicates whose every interval held the truth; null before any burn-in was over. */
  readonly alwaysCovers: number | null;
  readonly coverageLimit: number;
  readonly verdicts: Readonly<Record<string, number>>;
  readonly pass: boolean;
}

/**
 * Sums up the replicates of a metric and holds them against the bars of B3 and B4.
 *
 * A stream does not carry its truth, so the mean of the final estimates stands for it. Where that mean is within three of
 * its standard errors of 0 the arms are taken to be alike, and rejecting is held against the level.
 */
export function summariseStream(outcomes: readonly ReplicateOutcome[]): StreamSummary {
  const replicates = outcomes.length;
  const finals = outcomes.flatMap(({ final }) => (final ? [final] : []));
  const truth = mean(finals.map(({ estimate }) => estimate));
  const error = Math.sqrt(finals.reduce((sum, { se }) => sum + se * se, 0)) / Math.max(1, finals.length);
  const alike = truth !== null && Math.abs(truth) <= 3 * error;
  const stops = outcomes.flatMap(({ stop }) => (stop ? [stop] : []));
  const paths = outcomes.flatMap(({ always }) => (always ? [always] : []));
  const slack = 3 * Math.sqrt((ALPHA * (1 - ALPHA)) / Math.max(1, replicates));
  const everRejects = stops.length / Math.max(1, replicates);
  const rejectionLimit = alike ? ALPHA + slack : null;
  const covered = truth === null ? null : paths.filter((ends) => holds(ends, truth)).length;
  const alwaysCovers =
    covered === null || paths.length === 0 ? null : 1 - (paths.length - covered) / replicates;
  const coverageLimit = 1 - ALPHA - slack;
  return {
    replicates,
    everRejects,
    rejectionLimit,
    medianUnitsAtStop: median(stops.map(({ units }) => units)),
    medianTimeAtStop: median(stops.map(({ t }) => t)),
    estimateAtStop: mean(stops.map(({ estimate }) => estimate)),
    truth,
    coverageAtStop:
      truth === null ? null : mean(stops.map(({ interval }) => (holds(interval, truth) ? 1 : 0))),
    alwaysCovers,
    coverageLimit,
    verdicts: countsOf(outcomes.map(({ verdict }) => verdict)),
    pass:
      (rejectionLimit === null || everRejects <= rejectionLimit) &&
      (alwaysCovers === null || alwaysCovers >= coverageLimit),
  };
}

/** The figures of a summary in words, without a name. */
export function describeStream(s: StreamSummary): string {
  const verdicts = Object.entries(s.verdicts).map(([code, n]) => `${code} ${n}`);
  const parts = [
    `ever rejects ${shown(s.everRejects)}${s.rejectionLimit === null ? ' (the arms differ)' : ` [≤ ${shown(s.rejectionLimit)}]`}`,
    s.medianUnitsAtStop === null
      ? 'never stops'
      : `median stop at ${shown(s.medianUnitsAtStop)} units, t ${shown(s.medianTimeAtStop!)}, estimate there ${shown(s.estimateAtStop!)}, covered ${shown(s.coverageAtStop!)}`,
    s.truth === null ? 'no estimate' : `difference ${shown(s.truth)}`,
    s.alwaysCovers === null
      ? 'no interval after a burn-in'
      : `always covers ${shown(s.alwaysCovers)} [≥ ${shown(s.coverageLimit)}]`,
    `verdicts ${verdicts.join(', ')}`,
  ];
  return parts.join('; ');
}

const holds = ([lower, upper]: readonly [number, number], value: number): boolean =>
  lower <= value && value <= upper;

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function median(values: readonly number[]): number | null {
  return values.length === 0 ? null : [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

function countsOf(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
