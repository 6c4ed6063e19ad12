import { bracketedRoot } from '../special/bracketed-root.js';
import { incompleteBeta } from '../special/incomplete-beta.js';
import { logBeta } from '../special/stirling.js';
import { inRange, requireAlpha, requireDomain, requirePositive } from '../stats-error.js';

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
  requireDomain(n >= 0 && n <= 1e15, 'n', n, 'in [0, 1e15]');
  requireDomain(sum >= 0 && sum <= n, 'sum', sum, 'between 0 and n =', n);
  requireAlpha(alpha);
  requireAlpha(alphaOpt, 'alphaOpt');
  requireDomain(tOpt > 0 && tOpt <= 1e15, 'tOpt', tOpt, 'in (0, 1e15]');
  if (n === 0) return [0, 1];
  const mean = sum / n;
  const threshold = -Math.log(alpha);
  // At the mean itself, which may be an end of the range, the mixture is at most 1.
  const excess = (p: number): number =>
    p === mean ? -threshold : logMixture(sum, n, p, tOpt, alphaOpt) - threshold;
  const above = (): number =>
    1 - bracketedRoot((q) => (q === 1 - mean ? -threshold : excess(1 - q)), 0, 1 - mean);
  return [
    mean === 0 ? 0 : bracketedRoot(excess, 0, mean),
    // 1 − q rounds below a mean that is next to nothing.
    mean === 1 ? 1 : Math.max(mean, above()),
  ];
}

/** ln of the mixture martingale of "the mean is p" after n observations with the given sum. */
function logMixture(sum: number, n: number, p: number, tOpt: number, alphaOpt: number): number {
  const g = p;
  const h = 1 - p;
  // Where 1 − p rounds to 1 or to 0 a mean strictly between them is impossible.
  if (!(g > 0 && h > 0)) return Infinity;
  const r = widthOf(tOpt * g * h, alphaOpt, g, h);
  return logBetaBinomialMixture(sum - n * p, n * g * h, r, g, h);
}

/** The mixture's precision r: intrinsic time at which it is tightest, less the part the support already gives. */
export function mixtureWidth(vOpt: number, alphaOpt: number, g: number, h: number): number {
  requirePositive(vOpt, 'vOpt');
  requireAlpha(alphaOpt, 'alphaOpt');
  requirePositive(g, 'g');
  requirePositive(h, 'h');
  const width = widthOf(vOpt, alphaOpt, g, h);
  requirePositive(width, 'mixture width');
  return width;
}

function widthOf(vOpt: number, alphaOpt: number, g: number, h: number): number {
  const logs = -2 * Math.log(alphaOpt);
  const rho = vOpt / (logs + Math.log1p(logs));
  return Math.max(rho - g * h, 1e-3 * g * h);
}

/**
 * ln of the two-sided beta-binomial mixture at sum s and intrinsic time v, steps in [−g, h].
 *
 * @throws StatsError `STATS_DOMAIN` v negative, g, h or r not positive, a sum beyond what v allows (about −v/h to v/g)
 */
export function logBetaBinomialMixture(s: number, v: number, r: number, g: number, h: number): number {
  const { span, a, b, x, y } = betaShapes(s, v, r, g, h);
  return inRange(
    (v / (g * h)) * Math.log(span) -
      ((v + h * s) / (h * span)) * Math.log(g) -
      ((v - g * s) / (g * span)) * Math.log(h) +
      logBeta(x, y) -
      logBeta(a, b),
    'ln of the mixture',
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
  const { span, a, b, x, y } = betaShapes(s, v, r, g, h);
  return inRange(
    logBetaBinomialMixture(s, v, r, g, h) +
      incompleteBeta(x, y, h / span).logLower -
      incompleteBeta(a, b, h / span).logLower,
    'ln of the mixture',
  );
}

/** Shapes of the mixing beta before (a, b) and after (x, y) the sum s; refused where no such sum is possible. */
function betaShapes(s: number, v: number, r: number, g: number, h: number) {
  const span = g + h;
  const a = r / (g * span);
  const b = r / (h * span);
  const x = (r + v - g * s) / (g * span);
  const y = (r + v + h * s) / (h * span);
  requirePositive(g, 'g');
  requirePositive(h, 'h');
  requirePositive(r, 'r');
  requirePositive(a, 'a');
  requirePositive(b, 'b');
  requireDomain(
    v >= 0 && x > 0 && y > 0 && x < Infinity && y < Infinity,
    's',
    s,
    'a sum possible at time',
    v,
  );
  return { span, a, b, x, y };
}
