import { incompleteBeta } from '../special/incomplete-beta.js';
import { logBeta } from '../special/stirling.js';
import { requireDomain } from '../stats-error.js';

/**
 * Confidence sequence of a 0/1 (or [0, 1]-bounded) mean from the two-sided beta-binomial mixture, as confseq has it.
 *
 * Exact: valid at every n from 1. Tightest near `tOpt` observations of variance ¼ at level `alphaOpt`.
 *
 * @param input.sum sum of the observations, 0 ≤ sum ≤ n
 * @see Howard, Ramdas, McAuliffe, Sekhon (2021), Time-uniform Chernoff bounds, Annals of Statistics 49
 */
export function bernoulliInterval(input: {
  sum: number;
  n: number;
  alpha: number;
  tOpt: number;
  alphaOpt?: number;
}): [number, number] {
  const { sum, n, alpha, tOpt, alphaOpt = 0.05 } = input;
  requireDomain(n >= 0 && sum >= 0 && sum <= n, 'sum', sum, `between 0 and n = ${n}`);
  requireDomain(alpha > 0 && alpha < 1, 'alpha', alpha, 'in (0, 1)');
  requireDomain(tOpt > 0, 'tOpt', tOpt, 'positive');
  if (n === 0) return [0, 1];
  const mean = sum / n;
  const threshold = -Math.log(alpha);
  const excess = (p: number): number => logMixture(sum, n, p, tOpt, alphaOpt) - threshold;
  return [
    mean === 0 ? 0 : rootBetween(excess, 0, mean),
    mean === 1 ? 1 : 1 - rootBetween((q) => excess(1 - q), 0, 1 - mean),
  ];
}

/** ln of the mixture martingale of "the mean is p" after n observations with the given sum. */
function logMixture(sum: number, n: number, p: number, tOpt: number, alphaOpt: number): number {
  const g = p;
  const h = 1 - p;
  const r = mixtureWidth(tOpt * g * h, alphaOpt, g, h);
  return logBetaBinomialMixture(sum - n * p, n * g * h, r, g, h);
}

/** The mixture's precision r: intrinsic time at which it is tightest, less the part the support already gives. */
export function mixtureWidth(vOpt: number, alphaOpt: number, g: number, h: number): number {
  const logs = 2 * Math.log(1 / alphaOpt);
  const rho = vOpt / (logs + Math.log1p(logs));
  return Math.max(rho - g * h, 1e-3 * g * h);
}

/** ln of the two-sided beta-binomial mixture at sum s and intrinsic time v, steps in [−g, h]. */
export function logBetaBinomialMixture(s: number, v: number, r: number, g: number, h: number): number {
  const span = g + h;
  const a = r / (g * span);
  const b = r / (h * span);
  const x = (r + v - g * s) / (g * span);
  const y = (r + v + h * s) / (h * span);
  return (
    (v / (g * h)) * Math.log(span) -
    ((v + h * s) / (h * span)) * Math.log(g) -
    ((v - g * s) / (g * span)) * Math.log(h) +
    logBeta(x, y) -
    logBeta(a, b)
  );
}

/** ln of the one-sided mixture: only steps upwards count. */
export function logBetaBinomialMixtureOneSided(
  s: number,
  v: number,
  r: number,
  g: number,
  h: number,
): number {
  const span = g + h;
  const a = r / (g * span);
  const b = r / (h * span);
  const x = (r + v - g * s) / (g * span);
  const y = (r + v + h * s) / (h * span);
  return (
    logBetaBinomialMixture(s, v, r, g, h) +
    incompleteBeta(x, y, h / span).logLower -
    incompleteBeta(a, b, h / span).logLower
  );
}

/** The point below which f is positive and above which it is not, f decreasing on (low, high). */
function rootBetween(f: (x: number) => number, low: number, high: number): number {
  let outside = low;
  let inside = high;
  for (let i = 0; i < 200 && inside - outside > 1e-15 * inside; i++) {
    const middle = outside + (inside - outside) / 2;
    if (f(middle) > 0) outside = middle;
    else inside = middle;
  }
  return outside;
}
