import { bracketedRoot } from '../special/bracketed-root.js';
import { requireDomain } from '../stats-error.js';
import { predictableBets, requireBounded, type SequencePath } from './bounded-mean.js';

/** How the capital is hedged. */
export interface BettingOptions {
  /** Share bet on the mean being larger. Default ½. */
  readonly theta?: number;
  /** Bets are cut at this over m, and over 1 − m. Default ½. */
  readonly truncScale?: number;
  /** Sum of the two capitals instead of the larger. */
  readonly convexComb?: boolean;
}

/**
 * Capital after each observation of bets against "the mean is m": at 1/alpha and above the mean is not m.
 *
 * A martingale under the null for any values in [0, 1] with that conditional mean; exact at every n from 1.
 *
 * @throws StatsError `STATS_DOMAIN` m, theta or an observation outside [0, 1], truncScale outside (0, 1]
 * @see Waudby-Smith, Ramdas (2024), JRSSB 86, section 4
 */
export function bettingMartingale(
  x: readonly number[],
  m: number,
  alpha: number,
  options: BettingOptions = {},
): number[] {
  requireBounded(x, alpha);
  requireDomain(m >= 0 && m <= 1, 'm', m, 'in [0, 1]');
  const { theta, truncScale, convexComb } = withDefaults(options);
  const bets = predictableBets(x, alpha / 2);
  let [up, down] = [0, 0];
  return x.map((value, i) => {
    up += logGain(value, m, bets[i]!, truncScale);
    down += logGain(1 - value, 1 - m, bets[i]!, truncScale);
    const above = theta > 0 ? theta * Math.exp(up) : 0;
    const below = theta < 1 ? (1 - theta) * Math.exp(down) : 0;
    return convexComb ? above + below : Math.max(above, below);
  });
}

/**
 * Confidence sequence of a [0, 1]-bounded mean by hedged bets: means whose capital stays at or below 1/alpha.
 *
 * The capital on "larger" falls with m and that on "smaller" rises, so each end is one root. Where no mean is left
 * (which has probability alpha at most, at any time) the whole range is returned: the data fit no constant mean.
 */
export function bettingPath(x: readonly number[], alpha: number, options: BettingOptions = {}): SequencePath {
  requireBounded(x, alpha);
  const { theta, truncScale } = withDefaults(options);
  const bets = predictableBets(x, alpha / 2);
  const lower: number[] = [];
  const upper: number[] = [];
  for (let t = 1; t <= x.length; t++) {
    const low = lowest(x.slice(0, t), bets, truncScale, Math.log(theta * alpha));
    const high =
      1 -
      lowest(
        x.slice(0, t).map((value) => 1 - value),
        bets,
        truncScale,
        Math.log((1 - theta) * alpha),
      );
    lower.push(low <= high ? low : 0);
    upper.push(low <= high ? high : 1);
  }
  return { lower, upper };
}

/** The smallest m at which the capital on "larger" is not yet 1/alpha. */
function lowest(x: readonly number[], bets: readonly number[], truncScale: number, logShare: number): number {
  const excess = (m: number): number =>
    x.reduce((sum, value, i) => sum + logGain(value, m, bets[i]!, truncScale), logShare);
  if (!(excess(0) > 0)) return 0;
  if (excess(1) > 0) return 1;
  return bracketedRoot((m) => Math.max(-1e6, Math.min(1e6, excess(m))), 0, 1, 1e-13);
}

/** ln(1 + λ (x − m)) with the bet cut at truncScale/m. */
function logGain(value: number, m: number, bet: number, truncScale: number): number {
  const lambda = m > 0 ? Math.min(bet, truncScale / m) : bet;
  return Math.log1p(Math.max(-1, lambda * (value - m)));
}

function withDefaults({ theta = 0.5, truncScale = 0.5, convexComb = false }: BettingOptions) {
  requireDomain(theta >= 0 && theta <= 1, 'theta', theta, 'in [0, 1]');
  requireDomain(truncScale > 0 && truncScale <= 1, 'truncScale', truncScale, 'in (0, 1]');
  return { theta, truncScale, convexComb };
}
