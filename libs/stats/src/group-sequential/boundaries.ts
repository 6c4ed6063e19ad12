import { bracketedRoot } from '../special/bracketed-root.js';
import { requireAlpha, requireDomain, StatsError } from '../stats-error.js';
import { Paths } from './paths.js';
import { spent, type Spending, type SpendingType } from './spending.js';

/** Spending types, or the classical shapes: O'Brien-Fleming, Pocock, and Wang-Tsiatis between them by delta. */
export type BoundaryType = SpendingType | 'OF' | 'P' | 'WT';

/** Looks at information fractions, the level, its sides, and the shape of the boundary. */
export interface BoundaryPlan {
  /** Increasing, in (0, 1]; where errors are spent the last may lie above 1 and spends what is left. */
  readonly informationRates: readonly number[];
  /** Total over both sides when two-sided. */
  readonly alpha: number;
  readonly sided: 1 | 2;
  readonly type: BoundaryType;
  readonly gamma?: number | null;
  /** Wang and Tsiatis' exponent; 0 is O'Brien-Fleming, ½ Pocock. */
  readonly delta?: number;
}

/** A boundary: reject at look k when Z ≥ critical value (|Z| when two-sided). */
export interface Boundary {
  readonly criticalValues: readonly number[];
  /** Over both sides when two-sided. */
  readonly cumulativeAlphaSpent: readonly number[];
  readonly paths: Paths;
}

/**
 * Critical values of a group sequential test; looks need not be equally spaced, nor known beforehand for the spending
 * types, as long as their times do not depend on the data.
 *
 * @throws StatsError `STATS_SHAPE` no looks or fractions that do not increase, `STATS_DOMAIN` a fraction outside (0, 1],
 *   alpha outside (0, 1)
 * @see Jennison, Turnbull (2000), Group sequential methods; Wang, Tsiatis (1987), Biometrics 43
 */
export function groupSequentialBoundary(plan: BoundaryPlan): Boundary {
  checkPlan(plan);
  const shape = classicalShape(plan);
  return shape === null ? bySpending(plan) : byShape(plan, shape);
}

/** Each look costs milliseconds; a plan of this many takes seconds. */
const MOST_LOOKS = 200;

export function checkPlan({ informationRates: rates, alpha, sided, type }: BoundaryPlan): void {
  requireAlpha(alpha);
  requireDomain(sided === 1 || sided === 2, 'sided', sided, '1 or 2');
  if (rates.length === 0 || rates.some((t, i) => !(t > (rates[i - 1] ?? 0))))
    throw new StatsError(
      'STATS_SHAPE',
      `information rates must increase from above 0, got ${rates.join(', ')}`,
    );
  requireDomain(rates.length <= MOST_LOOKS, 'looks', rates.length, 'at most', MOST_LOOKS);
  const mayOverrun = type === 'asOF' || type === 'asP' || type === 'asHSD' || type === 'asKD';
  const planned = mayOverrun ? (rates.at(-2) ?? 0) : rates.at(-1)!;
  requireDomain(planned <= 1 + 1e-12, 'informationRates', planned, 'at most 1');
}

function bySpending({ informationRates: rates, alpha, sided, type, gamma }: BoundaryPlan): Boundary {
  const paths = new Paths(rates);
  const perSide = alpha / sided;
  const spending = { type, gamma } as Spending;
  const criticalValues: number[] = [];
  let before = 0;
  const cumulative = rates.map((t, k) => {
    const now = spent(spending, t, perSide);
    const c = paths.upperBound(k, now - before);
    before = now;
    criticalValues.push(c);
    paths.continueIn(k, sided === 2 ? -c : -Infinity, c);
    return now * sided;
  });
  return { criticalValues, cumulativeAlphaSpent: cumulative, paths };
}

/** Critical value per look as a multiple of one constant; null for the spending types. */
function classicalShape({ informationRates, type, delta }: BoundaryPlan): number[] | null {
  const exponent = type === 'OF' ? 0 : type === 'P' ? 0.5 : type === 'WT' ? delta : null;
  if (exponent === null) return null;
  requireDomain(typeof exponent === 'number' && Number.isFinite(exponent), 'delta', exponent, 'finite');
  return informationRates.map((t) => t ** (exponent! - 0.5));
}

function byShape(
  { informationRates: rates, alpha, sided }: BoundaryPlan,
  shape: readonly number[],
): Boundary {
  const follow = (constant: number): Boundary => {
    const paths = new Paths(rates);
    let total = 0;
    const cumulativeAlphaSpent = shape.map((factor, k) => {
      const c = constant * factor;
      total += paths.upper(k, c) * sided;
      if (k < shape.length - 1) paths.continueIn(k, sided === 2 ? -c : -Infinity, c);
      return total;
    });
    return { criticalValues: shape.map((factor) => constant * factor), cumulativeAlphaSpent, paths };
  };
  // One look alone needs less than all, and each look at its Bonferroni share needs more.
  const constant = bracketedRoot((c) => follow(c).cumulativeAlphaSpent.at(-1)! - alpha, 0.01, 12, 1e-13);
  return follow(constant);
}
