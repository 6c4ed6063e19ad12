import { normalCdf, normalPdf } from '../distributions/normal.js';
import { gaussLegendre } from '../special/quadrature.js';
import { solveLinear } from '../special/solve-linear.js';
import { requireDomain, requireFinite, requireNotNegative, requirePositive } from '../stats-error.js';

/** Nodes that resolve a normal kernel over a range that many standard deviations wide; never even, so one is at 0. */
function nodesFor(width: number, name: string): number {
  requireDomain(width <= 450, name, width, 'at most 450 standard deviations of one step wide');
  return 2 * Math.ceil(1.3 * width + 12) + 77;
}

/** Beyond this a double cannot tell an alarm's probability from none. */
const LONGEST = 1e14;

/**
 * Average number of values until a CUSUM alarms, for independent N(mu, 1) and sums that start at 0.
 *
 * Solves Page's integral equation L(z) = 1 + L(0) Φ(k − mu − z) + ∫₀ʰ L(x) φ(x + k − mu − z) dx by Gauss and Legendre.
 * Two-sided: 1/L = 1/L⁺ + 1/L⁻.
 *
 * @returns Infinity where it is longer than a double can resolve (about 10¹⁴)
 * @throws StatsError `STATS_DOMAIN` h not in (0, 450], k negative
 * @see Goel, Wu (1971), Technometrics 13; Kemp (1961), JRSSB 23, for two sides
 */
export function cusumRunLength(k: number, h: number, mu: number, sided: 'one' | 'two' = 'two'): number {
  requirePositive(h, 'h');
  requireNotNegative(k, 'k');
  requireFinite(mu, 'mu');
  if (sided === 'two')
    return 1 / (1 / cusumRunLength(k, h, mu, 'one') + 1 / cusumRunLength(k, h, -mu, 'one'));
  const { nodes, weights } = gaussLegendre(nodesFor(h, 'h'));
  const x = [0, ...nodes.map((node) => (h / 2) * (1 + node))];
  const drift = k - mu;
  return runLength(
    x,
    (z) => [normalCdf(drift - z), ...weights.map((w, j) => (h / 2) * w * normalPdf(x[j + 1]! + drift - z))],
    0,
  );
}

/**
 * Average number of values until a two-sided EWMA z ← (1 − lambda) z + lambda x leaves ± c √(lambda/(2 − lambda)), for
 * independent N(mu, 1) from z = 0 and limits that do not widen.
 *
 * @throws StatsError `STATS_DOMAIN` lambda outside (0, 1], c not positive, limits over 450 steps' deviations apart
 * @see Crowder (1987), Technometrics 29
 */
export function ewmaRunLength(lambda: number, c: number, mu: number): number {
  requireDomain(lambda > 0 && lambda <= 1, 'lambda', lambda, 'in (0, 1]');
  requirePositive(c, 'c');
  requireFinite(mu, 'mu');
  const limit = c * Math.sqrt(lambda / (2 - lambda));
  const { nodes, weights } = gaussLegendre(nodesFor((2 * limit) / lambda, 'limits'));
  const x = nodes.map((node) => limit * node);
  // An odd number of nodes has one at 0, where the chart starts.
  return runLength(
    x,
    (z) =>
      weights.map((w, j) => ((limit * w) / lambda) * normalPdf((x[j]! - (1 - lambda) * z) / lambda - mu)),
    (x.length - 1) / 2,
  );
}

/** Siegmund's approximation of the one-sided CUSUM's run length: good to a few percent, in closed form. */
export function cusumRunLengthSiegmund(k: number, h: number, mu: number): number {
  requirePositive(h, 'h');
  requireNotNegative(k, 'k');
  requireFinite(mu, 'mu');
  const d = mu - k;
  const b = h + 1.166;
  const x = 2 * d * b;
  // (e^−x + x − 1)/(2 d²) with the cancellation near d = 0 taken out by its series.
  if (Math.abs(x) < 1e-3) return b * b * (1 - x / 3 + (x * x) / 12);
  // e⁷⁴⁵ over any square that goes with such an x is beyond the doubles.
  if (x < -745) return Infinity;
  // In ratios to x, which stay finite: squares, and d or b by themselves, may leave the doubles where the length does not.
  return (b * (Math.expm1(-x) / x + 1)) / d;
}

/** Solves (I − K) L = 1 and gives L at one node. */
function runLength(x: readonly number[], kernel: (z: number) => number[], at: number): number {
  const system = x.map((z, i) => kernel(z).map((value, j) => (i === j ? 1 : 0) - value));
  const length = solveLinear(
    system,
    x.map(() => 1),
  )?.[at];
  return length !== undefined && length >= 1 && length < LONGEST ? length : Infinity;
}
