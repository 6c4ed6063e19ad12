import { requireAlpha, requireDomain, requirePositive, StatsError } from '../stats-error.js';

/** Which change is looked for. */
export type DriftDirection = 'up' | 'down' | 'both';

/** What an e-detector watches; choose it before the first score and keep it. */
export interface EDetectorPlan {
  /**
   * 'up': the null is that the mean of the scores stays ≤ `baseline.upper`; 'down': that it stays ≥ `baseline.lower`;
   * 'both': that it stays in the band between them (which may be one point).
   */
  readonly direction: DriftDirection;
  /** In [10⁻³⁰⁰, 1), in the unit of the scores. */
  readonly baseline: { readonly lower: number; readonly upper: number };
  /** A false alarm comes after 1/alpha scores at the earliest on average. */
  readonly alpha: number;
  /** Default `DEFAULT_DRIFT_BETS`. */
  readonly bets?: readonly DriftBet[];
}

/**
 * A bet, as a share in (0, 1) of the largest one allowed (1/m upwards, 1/(1 − m) downwards), and its weight > 0; weights
 * are normalised. Of 0/1 scores the share (p − m)/(1 − m) grows fastest once their mean is p above the baseline m.
 */
export interface DriftBet {
  readonly share: number;
  readonly weight: number;
}

/** Bets for changes from half a hundredth of the way to the end of the scale up to nearly all of it. */
export const DEFAULT_DRIFT_BETS: readonly DriftBet[] = [
  1 / 128,
  1 / 64,
  1 / 32,
  1 / 16,
  1 / 8,
  1 / 4,
  1 / 2,
  3 / 4,
  15 / 16,
].map((share) => ({ share, weight: 1 / 9 }));

/** A detector after some scores: plain numbers, to be stored as JSON. */
export interface EDetectorState {
  readonly plan: EDetectorPlan;
  /** Scores seen. */
  readonly n: number;
  /** Per bet ln(1 + M), M the Shiryaev-Roberts sum of bets on a higher mean; empty where that is not watched. */
  readonly up: readonly number[];
  /** The same of bets on a lower mean. */
  readonly down: readonly number[];
  /** ln(1 + e-detector), ≥ 0 and finite. */
  readonly logOnePlusE: number;
  /** The first score, counted from 1, at which the detector was at 1/alpha or above; null before. */
  readonly alarmAt: number | null;
}

/**
 * A detector without scores.
 *
 * @throws StatsError `STATS_DOMAIN` a baseline outside [10⁻³⁰⁰, 1) or its ends out of order, alpha or a share outside (0, 1),
 *   a weight not positive; `STATS_SHAPE` no bet
 */
export function startEDetector(plan: EDetectorPlan): EDetectorState {
  const { direction, baseline, alpha } = plan;
  requireDomain(['up', 'down', 'both'].includes(direction), 'direction', direction, 'up, down or both');
  for (const [name, value] of Object.entries({ lower: baseline.lower, upper: baseline.upper }))
    requireDomain(value >= 1e-300 && value < 1, `baseline.${name}`, value, 'in [1e-300, 1)');
  requireDomain(baseline.lower <= baseline.upper, 'baseline.lower', baseline.lower, '≤ baseline.upper');
  requireAlpha(alpha);
  requirePositive(1 / alpha, '1/alpha');
  const bets = plan.bets ?? DEFAULT_DRIFT_BETS;
  if (bets.length === 0) throw new StatsError('STATS_SHAPE', 'no bet');
  for (const { share, weight } of bets) {
    requireDomain(share > 0 && share < 1, 'share', share, 'in (0, 1)');
    requirePositive(weight, 'weight');
  }
  const zeros = bets.map(() => 0);
  return {
    plan,
    n: 0,
    up: direction === 'down' ? [] : zeros,
    down: direction === 'up' ? [] : zeros,
    logOnePlusE: 0,
    alarmAt: null,
  };
}

/**
 * The detector after one more score; O(bets) in time and memory, whatever came before.
 *
 * Shiryaev-Roberts e-detector for scores in [0, 1] whose mean, given the past, stays on the null's side of the baseline m
 * at every score: M_t = Σ_j Π_{i=j..t} (1 + λ (x_i − m)), a sum over all times j at which a change may have begun, by
 * M_t = (M_{t−1} + 1)(1 + λ (x_t − m)); mixed over the bets λ, and with 'both' over the two directions at ½ each.
 * M_t − t is a supermartingale under the null: with an alarm when M_t ≥ 1/alpha, the mean number of scores to a false
 * alarm is at least 1/alpha. Nothing is assumed of the scores' distribution nor of their dependence beyond that mean, and
 * the guarantee is not asymptotic. It is a run length and not a probability: some false alarm comes for certain in
 * the end. After a change the delay is about ln(1/alpha) over the growth rate of the best bet; for 0/1 scores that
 * rate is KL(p, m). The first alarm is kept; start anew after it has been dealt with.
 *
 * @param score in [0, 1]: rescale others by their known range
 * @throws StatsError `STATS_DOMAIN` a score outside [0, 1], figures of the state that are none; `STATS_SHAPE` a state
 *   whose sums are not as many as its bets
 * @see Shin, Ramdas, Rinaldo (2022), E-detectors: a nonparametric framework for sequential change detection,
 *   arXiv:2203.03532
 */
export function updateEDetector(state: EDetectorState, score: number): EDetectorState {
  requireDomain(score >= 0 && score <= 1, 'score', score, 'in [0, 1]');
  const { plan } = state;
  const start = startEDetector(plan);
  requireState(state, start);
  const bets = plan.bets ?? DEFAULT_DRIFT_BETS;
  const { lower, upper } = plan.baseline;
  const up = state.up.map((sum, i) => next(sum, bets[i]!.share, score, upper));
  const down = state.down.map((sum, i) => next(sum, bets[i]!.share, 1 - score, 1 - lower));
  const n = state.n + 1;
  const logOnePlusE = mixture(up, down, bets);
  const alarm = logOnePlusE >= Math.log1p(1 / plan.alpha);
  return { plan, n, up, down, logOnePlusE, alarmAt: state.alarmAt ?? (alarm ? n : null) };
}

/** ln(1 + (M + 1) L) from ln(1 + M), where L = 1 + share (x − m)/m > 0. */
function next(logOnePlus: number, share: number, x: number, m: number): number {
  // As 1 − share + share x/m: both terms are ≥ 0, so nothing cancels.
  const log = logOnePlus + Math.log(1 - share + share * (x / m));
  return log > 0 ? log + Math.log1p(Math.exp(-log)) : Math.log1p(Math.exp(log));
}

/** ln of the weighted mean of 1 + M over bets and directions: the weights sum to 1, so it is 1 + their mixture. */
function mixture(up: readonly number[], down: readonly number[], bets: readonly DriftBet[]): number {
  const high = Math.max(...up, ...down);
  const heaviest = Math.max(...bets.map(({ weight }) => weight));
  let [sum, weights] = [0, 0];
  for (const side of [up, down])
    side.forEach((log, i) => {
      const weight = bets[i]!.weight / heaviest;
      sum += weight * Math.exp(log - high);
      weights += weight;
    });
  return Math.max(0, high + Math.log(sum / weights));
}

function requireState(state: EDetectorState, start: EDetectorState): void {
  requireDomain(Number.isInteger(state.n) && state.n >= 0, 'n', state.n, 'a count');
  for (const side of ['up', 'down'] as const) {
    if (state[side].length !== start[side].length)
      throw new StatsError('STATS_SHAPE', `${side}: ${state[side].length} sums, ${start[side].length} bets`);
    for (const sum of state[side]) requireDomain(sum >= 0 && sum < 1e300, side, sum, 'a sum of a detector');
  }
}
