import { incompleteBeta } from '../special/incomplete-beta.js';
import { logBeta } from '../special/stirling.js';
import { inRange, requireDomain, requirePositive, requireProbability } from '../stats-error.js';

/** Events of one epoch, by the arm they fell in. */
export interface LabelledEvents {
  /** Events in the treatment arm. */
  readonly treatmentEvents: number;
  /** Events in both arms. */
  readonly events: number;
  /** Largest probability under the null that an event is the treatment's: its share of the traffic, margin included. */
  readonly theta: number;
}

/**
 * ln E of the exact one-sided e-process for "events are more frequent in the treatment arm".
 *
 * Under the null each event is the treatment's with probability at most theta; the alternative is mixed over
 * Beta(a, b) cut to (theta, 1). Not asymptotic: valid from the first event and at any stopping time, given independent
 * assignment per unit and one event per unit. Reject when E ≥ 1/alpha.
 *
 * @throws StatsError `STATS_DOMAIN` counts negative or inconsistent, theta outside (0, 1), prior not positive
 */
export function labelLogE(
  observed: LabelledEvents,
  prior: { a: number; b: number } = labelPrior(observed.theta),
): number {
  const { treatmentEvents: x, events: n, theta } = observed;
  requireDomain(theta > 0 && theta < 1, 'theta', theta, 'in (0, 1)');
  requireDomain(n >= 0 && x >= 0 && x <= n, 'treatmentEvents', x, 'between 0 and events =', n);
  requirePositive(prior.a, 'prior.a');
  requirePositive(prior.b, 'prior.b');
  requirePositive(prior.a + prior.b + n, 'prior.a + prior.b + events');
  if (n === 0) return 0;
  const posterior = { a: prior.a + x, b: prior.b + (n - x) };
  return inRange(
    logBeta(posterior.a, posterior.b) -
      logBeta(prior.a, prior.b) +
      incompleteBeta(posterior.a, posterior.b, theta).logUpper -
      incompleteBeta(prior.a, prior.b, theta).logUpper -
      x * Math.log(theta) -
      (n - x) * Math.log1p(-theta),
    'ln E',
  );
}

/** The default mixture: Beta(1, 9) for canary shares up to 10 %, uniform above. */
export function labelPrior(theta: number): { a: number; b: number } {
  requireProbability(theta, 'theta');
  return theta <= 0.1 ? { a: 1, b: 9 } : { a: 1, b: 1 };
}

/**
 * The null share of events: a treatment with share s of the traffic whose event rate may exceed the control's by the
 * relative margin rho has s(1 + rho) / (s(1 + rho) + 1 − s) of the events.
 */
export function labelTheta(share: number, relativeMargin = 0): number {
  requireDomain(share > 0 && share < 1, 'share', share, 'in (0, 1)');
  requireDomain(
    relativeMargin > -1 && relativeMargin < Infinity,
    'relativeMargin',
    relativeMargin,
    'above −1 and finite',
  );
  const tilted = share * (1 + relativeMargin);
  return tilted < 1e300 ? tilted / (tilted + (1 - share)) : 1;
}
