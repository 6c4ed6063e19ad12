import { pFromLogE, srmLogE } from '../integrity/srm-sequential.js';
import { srmFixed } from '../integrity/srm-fixed.js';
import { clopperPearsonLower } from '../proportions/one-proportion.js';
import { requireDomain, requireProbability } from '../stats-error.js';
import type { EpochCounts, IntegrityReport, Reason } from './types.js';
import { percent, pText } from './words.js';

/** p at which the sequential sample-ratio test blocks every verdict. */
export const SRM_ALARM = 0.001;
/** Crossing share whose 95 % lower bound must stay at or below this. */
export const CROSSING_LIMIT = 0.005;

/** What the integrity of a look is judged from. */
export interface IntegrityInput {
  readonly epochs: readonly EpochCounts[];
  readonly crossing: { readonly units: number; readonly exposed: number };
  /** Running minimum of the sequential p left by earlier looks; 1 at the first. */
  readonly previousSrmP: number;
}

/**
 * Sample ratio, fixed and sequential over all epochs, and crossings.
 *
 * Each epoch is a test with its own weights; their e-values multiply. The fixed test needs one set of weights and is
 * null when they changed. `logE` of an impossible split (units in an arm of weight 0) is Number.MAX_VALUE: reports are
 * stored as JSON, which has no infinity.
 */
export function integrityReport(input: IntegrityInput): IntegrityReport {
  requireProbability(input.previousSrmP, 'previousSrmP');
  const logE = input.epochs.reduce((sum, epoch) => {
    const { counts, weights } = alignedCounts(epoch);
    return counts.length === 0 ? sum : sum + srmLogE(counts, weights);
  }, 0);
  const p = Math.min(input.previousSrmP, pFromLogE(logE));
  const srmSequential = { logE: Math.min(logE, Number.MAX_VALUE), p, alarm: p <= SRM_ALARM };
  const crossing = crossingReport(input.crossing);
  const reasons: Reason[] = [];
  if (srmSequential.alarm) {
    reasons.push({
      code: 'SRM',
      message: `Units did not arrive in the planned split (${countsText(input.epochs)}; sequential p = ${pText(p)}, limit ${SRM_ALARM}). Something between assignment and exposure loses units; no comparison can be trusted until it is found.`,
    });
  }
  if (crossing.alarm) {
    reasons.push({
      code: 'CROSSING',
      message: `${crossing.units} of ${crossing.exposed} units were seen in two arms (${percent(crossing.share!)}, surely more than ${percent(crossing.lower95!)}; limit ${percent(CROSSING_LIMIT)}).`,
    });
  }
  return { srmFixed: pooledSrm(input.epochs), srmSequential, crossing, valid: reasons.length === 0, reasons };
}

function alignedCounts(epoch: EpochCounts): { keys: string[]; counts: number[]; weights: number[] } {
  const keys = [...new Set([...Object.keys(epoch.weights), ...Object.keys(epoch.units)])];
  return {
    keys,
    counts: keys.map((key) => epoch.units[key] ?? 0),
    weights: keys.map((key) => epoch.weights[key] ?? 0),
  };
}

function pooledSrm(epochs: readonly EpochCounts[]): IntegrityReport['srmFixed'] {
  const used = epochs.filter((epoch) => Object.values(epoch.units).some((units) => units > 0));
  const first = used[0];
  if (!first || used.some((epoch) => !sameSplit(first, epoch))) return null;
  const { keys, weights } = alignedCounts(first);
  const counts = keys.map((key) => used.reduce((sum, epoch) => sum + (epoch.units[key] ?? 0), 0));
  const test = srmFixed(counts, weights);
  return {
    counts: Object.fromEntries(keys.map((key, i) => [key, counts[i]!])),
    statistic: Math.min(test.statistic, Number.MAX_VALUE),
    df: test.df,
    p: test.p,
  };
}

function sameSplit(a: EpochCounts, b: EpochCounts): boolean {
  const total = (epoch: EpochCounts) => Object.values(epoch.weights).reduce((sum, weight) => sum + weight, 0);
  const keys = new Set([...Object.keys(a.weights), ...Object.keys(b.weights)]);
  return [...keys].every(
    (key) => Math.abs((a.weights[key] ?? 0) / total(a) - (b.weights[key] ?? 0) / total(b)) < 1e-12,
  );
}

function crossingReport({ units, exposed }: IntegrityInput['crossing']): IntegrityReport['crossing'] {
  requireDomain(units >= 0 && units <= exposed, 'crossing.units', units, 'between 0 and exposed =', exposed);
  if (exposed === 0) return { units, exposed, share: null, lower95: null, alarm: false };
  const lower95 = clopperPearsonLower(units, exposed, 0.05);
  return { units, exposed, share: units / exposed, lower95, alarm: lower95 > CROSSING_LIMIT };
}

function countsText(epochs: readonly EpochCounts[]): string {
  // Sorted: what is told must not depend on the order in which inputs were written down.
  const keys = [...new Set(epochs.flatMap((epoch) => Object.keys(epoch.units)))].sort();
  return keys
    .map((key) => `${key} ${epochs.reduce((sum, epoch) => sum + (epoch.units[key] ?? 0), 0)}`)
    .join(', ');
}
