import erfcx from '@stdlib/math-base-special-erfcx';
import { logOneMinusExp } from './log-space.js';
import { outOfReach } from './out-of-reach.js';
import { logGammaPower } from './stirling.js';

/** Logs of both tails of a distribution at a point; each is accurate where it is small. */
export interface LogTails {
  readonly logLower: number;
  readonly logUpper: number;
}

const TINY = 1e-300;
/** Shapes up to 10⁹ need 200,000 next to the mean. */
const MAX_TERMS = 400_000;
/** A log this low does not notice what the expansions add to it, and their terms may overflow. */
const FATHOMLESS = -1e18;
/** Beyond this the continued fraction is shorter than the sum. */
const MOST_HALVES = 60;
/** Up to here e⁻ˣ keeps all its digits. */
const MOST_EXPONENT = 700;
/** Beyond this its terms would overflow, and the fraction needs a handful. */
const FARTHEST_HALVES = 1e5;

/**
 * Logs of the regularised incomplete gamma functions P(a, x) and Q(a, x), a > 0, x ≥ 0.
 *
 * Series below a + 1, Legendre's continued fraction above (a finite sum where a is a small whole number of halves); both
 * need about √a terms in the middle. The prefactor comes from the saddle point, so that relative accuracy holds for shapes
 * up to 10⁹.
 *
 * @throws StatsError `STATS_DOMAIN` the expansion does not end: shapes far beyond 10⁹ next to the mean
 * @see DLMF 8.11.4, 8.9.2
 */
export function incompleteGamma(a: number, x: number): LogTails {
  const { side, log } = smallTail(a, x);
  return side === 'upper'
    ? { logLower: logOneMinusExp(log), logUpper: log }
    : { logLower: log, logUpper: logOneMinusExp(log) };
}

/** Q(a, x) itself, without the detour over both logs. */
export function upperGamma(a: number, x: number): number {
  if (x < MOST_EXPONENT && isSumOfHalves(a, x)) return Math.min(1, sumOfHalves(a, x) * Math.exp(-x));
  const { side, log } = smallTail(a, x);
  return side === 'upper' ? Math.exp(log) : -Math.expm1(log);
}

/** The tail that an expansion gives directly; the other one is its complement. */
function smallTail(a: number, x: number): { side: 'lower' | 'upper'; log: number } {
  if (x <= 0) return { side: 'lower', log: -Infinity };
  if (x === Infinity) return { side: 'upper', log: -Infinity };
  if (isSumOfHalves(a, x)) return { side: 'upper', log: Math.min(0, Math.log(sumOfHalves(a, x)) - x) };
  const power = logGammaPower(a, x);
  if (power < FATHOMLESS) return { side: x > a ? 'upper' : 'lower', log: power };
  if (x >= a + 1) return { side: 'upper', log: Math.min(0, power - Math.log(legendreFraction(a, x))) };
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < MAX_TERMS; n++) {
    term *= x / (a + n);
    sum += term;
    if (term <= sum * 1e-17) return { side: 'lower', log: Math.min(0, power + Math.log(sum)) };
  }
  throw outOfReach('incomplete gamma function', { a, x });
}

/** Legendre's continued fraction for x^a e^(−x) / Γ(a, x), x ≥ a + 1, by the modified Lentz method. */
function legendreFraction(a: number, x: number): number {
  let b = x - a + 1;
  let value = b;
  let c = b;
  let d = 0;
  for (let m = 1; m < MAX_TERMS; m++) {
    const numerator = m * (a - m);
    b += 2;
    d = 1 / (b + numerator * d || TINY);
    c = b + numerator / c || TINY;
    const factor = c * d;
    value *= factor;
    if (Math.abs(factor - 1) < 2e-16) return value;
  }
  throw outOfReach('incomplete gamma function', { a, x });
}

const isSumOfHalves = (a: number, x: number): boolean =>
  a <= MOST_HALVES && x >= a && x <= FARTHEST_HALVES && Number.isInteger(2 * a);

/**
 * eˣ Q(a, x) for a a whole number of halves: a finite sum of positive terms, so nothing cancels; these are the χ² tails
 * with whole degrees of freedom.
 *
 * @see DLMF 8.4.10, 8.4.13
 */
function sumOfHalves(a: number, x: number): number {
  const whole = Number.isInteger(a);
  let term = whole ? 1 : 2 * Math.sqrt(x / Math.PI);
  let sum = whole ? 0 : erfcx(Math.sqrt(x));
  for (let k = whole ? 1 : 1.5; k <= a; k++) {
    sum += term;
    term *= x / k;
  }
  return sum;
}
