import { normalIsf } from '../distributions/normal.js';
import { bracketedRoot } from '../special/bracketed-root.js';
import { inRange, StatsError } from '../stats-error.js';
import { checkPlan, groupSequentialBoundary, type BoundaryPlan } from './boundaries.js';
import { checkBeta } from './design.js';
import { Paths } from './paths.js';
import { spent, type Spending } from './spending.js';

/** A one-sided spending plan that may also stop for futility. */
export interface FutilityPlan extends BoundaryPlan {
  readonly type: Spending['type'];
  readonly beta: number;
  readonly betaSpending: Spending;
  /** Binding: the alpha counts on stopping below the futility bound. Otherwise it may be overruled. */
  readonly binding: boolean;
}

/** A design with futility bounds. */
export interface FutilityDesign {
  readonly criticalValues: readonly number[];
  /** Looks 1 to K − 1, on the z scale; −Infinity where nothing is spent yet. */
  readonly futilityBounds: readonly number[];
  readonly cumulativeAlphaSpent: readonly number[];
  readonly cumulativeBetaSpent: readonly number[];
  readonly driftForPower: number;
  readonly inflationFactor: number;
}

/**
 * Futility by beta spending: at look k stop when Z falls below a bound that spends beta under the alternative; the drift
 * is the one at which both boundaries meet at the last look.
 *
 * @throws StatsError as `groupSequentialBoundary`; `STATS_METHOD` two-sided
 * @see Pampallona, Tsiatis, Kim (2001), Drug Information Journal 35
 */
export function futilityDesign(plan: FutilityPlan): FutilityDesign {
  const { informationRates: rates, alpha, beta, betaSpending } = plan;
  checkPlan(plan);
  checkBeta(beta, alpha);
  if (plan.sided !== 1) throw new StatsError('STATS_METHOD', 'futility by beta spending is one-sided');
  const cumulativeAlphaSpent = rates.map((t) => spent(plan, t, alpha));
  const cumulativeBetaSpent = rates.map((t) => spent(betaSpending, t, beta));
  const free = plan.binding ? null : groupSequentialBoundary(plan).criticalValues;
  const last = rates.length - 1;
  const increment = (values: readonly number[], k: number): number => values[k]! - (values[k - 1] ?? 0);

  const follow = (drift: number) => {
    const paths = new Paths(rates);
    const critical: number[] = [];
    const futility: number[] = [];
    for (let k = 0; k <= last; k++) {
      const c = free ? free[k]! : paths.upperBound(k, increment(cumulativeAlphaSpent, k));
      critical.push(c);
      if (k === last) break;
      const a = paths.lowerBound(k, increment(cumulativeBetaSpent, k), drift);
      futility.push(a);
      paths.continueIn(k, a, c);
    }
    return { critical, futility, missed: paths.lower(last, critical[last]!, drift) };
  };

  const wanted = increment(cumulativeBetaSpent, last);
  const fixedDrift = normalIsf(alpha) + normalIsf(beta);
  const drift = bracketedRoot(
    (d) => follow(d).missed - wanted,
    0.5 * fixedDrift,
    1.6 * fixedDrift + 0.5,
    1e-12,
  );
  const { critical, futility } = follow(drift);
  return {
    criticalValues: critical,
    futilityBounds: futility,
    cumulativeAlphaSpent,
    cumulativeBetaSpent,
    driftForPower: drift,
    inflationFactor: inRange((drift / fixedDrift) ** 2, 'inflation'),
  };
}
