/**
 * A root of a continuous function that changes sign between low and high.
 *
 * Chandrupatla's method: inverse quadratic steps where they are safe, halving otherwise. Ends when the bracket is a few
 * ulp wide. An end with the value 0 is returned as it is; without a change of sign the end nearer to 0 is.
 *
 * @see Chandrupatla (1997), A new hybrid quadratic/bisection algorithm, Adv. Eng. Software 28
 */
export function bracketedRoot(f: (x: number) => number, low: number, high: number, relative = 1e-15): number {
  let a = low;
  let b = high;
  let fa = f(a);
  let fb = f(b);
  if (fa === 0) return a;
  if (fb === 0) return b;
  if (fa > 0 === fb > 0) return Math.abs(fa) < Math.abs(fb) ? a : b;
  let share = 0.5;
  for (let i = 0; i < 300; i++) {
    const x = a + share * (b - a);
    const fx = f(x);
    const [c, fc] = fx > 0 === fa > 0 ? [a, fa] : [b, fb];
    if (fx > 0 !== fa > 0) [b, fb] = [a, fa];
    [a, fa] = [x, fx];
    const best = Math.abs(fa) < Math.abs(fb) ? a : b;
    const enough = (relative * Math.abs(best) + 1e-300) / Math.abs(b - a);
    if (fx === 0 || enough > 0.5 || !(Math.abs(b - a) > 0)) return best;
    const xi = (a - b) / (c - b);
    const phi = (fa - fb) / (fc - fb);
    const smooth = phi * phi < xi && (1 - phi) * (1 - phi) < 1 - xi;
    share = smooth
      ? (fa / (fb - fa)) * (fc / (fb - fc)) + ((c - a) / (b - a)) * (fa / (fc - fa)) * (fb / (fc - fb))
      : 0.5;
    if (!(share >= enough)) share = Math.min(0.5, enough);
    share = Math.min(1 - enough, share);
  }
  return Math.abs(fa) < Math.abs(fb) ? a : b;
}
