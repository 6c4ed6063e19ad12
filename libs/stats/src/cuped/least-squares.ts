import { inRange, StatsError } from '../stats-error.js';

/** A column's coefficient in an ordinary least-squares fit, with its standard errors. */
export interface Coefficient {
  readonly coefficient: number;
  readonly dfResidual: number;
  /** Residual variance the same for all units. */
  readonly seClassical: number;
  readonly seHC0: number;
  readonly seHC1: number;
  /** Divided by 1 − leverage; null where a unit's own value is the only one that fits it (leverage 1). */
  readonly seHC2: number | null;
  readonly seHC3: number | null;
}

/** A leverage this close to 1 is 1 with rounding. */
const FULL_LEVERAGE = 1 - 1e-10;

/**
 * Coefficient of the last column of an ordinary least-squares fit, with heteroskedasticity-consistent errors.
 *
 * By orthogonal columns (Gram and Schmidt, twice, which keeps them orthogonal to rounding): the last column's part that
 * the others do not explain gives both its coefficient and every error, and no normal equations are formed.
 *
 * @param columns k columns of n values, the constant among them; @param y n values
 * @returns null when undefined: n ≤ k, or columns that depend on each other
 * @throws StatsError `STATS_SHAPE` lengths differ, `STATS_DOMAIN` values so large that squares overflow
 * @see MacKinnon, White (1985), J. Econometrics 29, for HC1–HC3
 */
export function lastCoefficient(
  columns: ReadonlyArray<readonly number[]>,
  y: readonly number[],
): Coefficient | null {
  const n = y.length;
  const k = columns.length;
  if (columns.some((column) => column.length !== n))
    throw new StatsError('STATS_SHAPE', `columns of ${columns.map((c) => c.length).join(', ')}, ${n} values`);
  if (k === 0 || n <= k) return null;
  const basis: number[][] = [];
  let size = 0;
  for (const column of columns) {
    const rest = residual(column, basis);
    size = Math.sqrt(dot(rest, rest));
    if (!(size > 1e-10 * Math.sqrt(dot(column, column)))) return null;
    basis.push(rest.map((value) => value / size));
  }
  const errors = residual(y, basis);
  const direction = basis[k - 1]!;
  const leverage = y.map((_, i) => basis.reduce((sum, q) => sum + q[i]! * q[i]!, 0));
  const robust = (weight: (h: number) => number): number =>
    inRange(
      Math.sqrt(errors.reduce((sum, e, i) => sum + (direction[i]! * e) ** 2 * weight(leverage[i]!), 0)) /
        size,
      'standard error',
    );
  const full = leverage.some((h) => h > FULL_LEVERAGE);
  return {
    coefficient: inRange(dot(direction, y) / size, 'coefficient'),
    dfResidual: n - k,
    seClassical: inRange(Math.sqrt(dot(errors, errors) / (n - k)) / size, 'standard error'),
    seHC0: robust(() => 1),
    seHC1: robust(() => n / (n - k)),
    seHC2: full ? null : robust((h) => 1 / (1 - h)),
    seHC3: full ? null : robust((h) => 1 / (1 - h) ** 2),
  };
}

function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function residual(column: readonly number[], basis: readonly number[][]): number[] {
  const rest = [...column];
  for (let pass = 0; pass < 2; pass++) {
    for (const q of basis) {
      const share = dot(q, rest);
      for (let i = 0; i < rest.length; i++) rest[i]! -= share * q[i]!;
    }
  }
  return rest;
}
