import type { Contrast } from './contrast.js';
import { signOf } from './orientation.js';
import type { MetricPlan, PastEstimate } from './types.js';

/**
 * How many standard errors smaller the recent effect may be than the one before it. Chosen, with `CLEAR`, by simulation:
 * docs/adr/0008-novelty.md.
 */
const TOLERANCE = 0.7;
/** The same once the gain has been borne out: what is waited for then is something else, and only clear evidence counts. */
const TOLERANCE_BORNE_OUT = 3;
/** A recent effect this many standard errors above zero stands on its own, whatever came before. */
const CLEAR = 2.5;
/** The shortest recent stretch that is compared, in days. */
const SHORTEST = 2;

/** What earlier looks know of a metric in a comparison. */
export interface EffectHistory {
  /** One a full day. */
  readonly estimates: readonly PastEstimate[];
  /** Whether a look at or after minDays found the gain significant and not fading. */
  readonly borneOut: boolean;
}

/** An effect that is smaller among the units of the last days than among those before. */
export interface Fading {
  /** Length of the recent stretch in days. */
  readonly days: number;
  /** Effect of the units before it, and in it, in the metric's unit. */
  readonly before: number;
  readonly recent: number;
}

/**
 * Whether the effect seen so far owes itself to earlier units: the sign of a novelty that wears off.
 *
 * Takes the estimate of today apart into that of an earlier look and that of what came since, for every recent stretch from
 * two days to half of the time. Estimates of growing samples have independent increments, so with information 1/se² at
 * both looks the stretch has information Δ = 1/se²ₜ − 1/se²ₛ and the estimate (dₜ/se²ₜ − dₛ/se²ₛ)/Δ, independent of dₛ. That
 * holds for every asymptotically efficient estimate (mean, ratio, adjusted) and needs nothing of the units themselves.
 *
 * It holds a decision to ship back, and rejects nothing: no level is spent, and an effect that lasts passes at one of the
 * next looks.
 *
 * @param history of the metric in the comparison
 * @param now the contrast of this look, `day` its full days
 * @returns the stretch with the clearest loss; null when there is none, or no history
 * @see Scharfstein, Tsiatis, Robins (1997), Semiparametric efficiency and its implication on the design and analysis of
 *   group-sequential studies, JASA 92, doi:10.1080/01621459.1997.10473655, for the increments
 */
export function fadingEffect(
  metric: MetricPlan,
  { estimates, borneOut }: EffectHistory,
  now: { readonly day: number; readonly contrast: Contrast },
): Fading | null {
  const tolerance = borneOut ? TOLERANCE_BORNE_OUT : TOLERANCE;
  const sign = signOf(metric.direction);
  const { difference, se } = now.contrast;
  let worst: { z: number; fading: Fading } | null = null;
  for (const past of estimates) {
    const days = now.day - past.day;
    const gained = 1 / (se * se) - 1 / (past.se * past.se);
    if (days < SHORTEST || 2 * days > now.day || !(gained > 0)) continue;
    const recent = difference + (difference - past.estimate) / (past.se * past.se * gained);
    const z = (sign * (past.estimate - recent)) / Math.sqrt(past.se * past.se + 1 / gained);
    if (z <= tolerance || sign * recent * Math.sqrt(gained) >= CLEAR) continue;
    if (worst === null || z > worst.z) worst = { z, fading: { days, before: past.estimate, recent } };
  }
  return worst?.fading ?? null;
}

/** The history with this look's estimate: one a full day (the last), none that no later look can compare with. */
export function remember(
  history: readonly PastEstimate[],
  now: { readonly day: number; readonly contrast: Contrast },
): PastEstimate[] {
  const { difference: estimate, se } = now.contrast;
  const kept = history.filter(({ day }) => day < now.day && 2 * day >= now.day);
  return se > 0 ? [...kept, { day: now.day, estimate, se }] : kept;
}
