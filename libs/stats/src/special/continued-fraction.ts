const TINY = 1e-300;

/**
 * Value of b₀ + a₁/(b₁ + a₂/(b₂ + …)) by the modified Lentz method.
 *
 * @param term gives [aₘ, bₘ]; a₀ is not used
 * @see Thompson and Barnett (1986), J. Comput. Phys. 64
 */
export function continuedFraction(
  term: (m: number) => readonly [number, number],
  maxTerms = 2_000_000,
): number {
  let value = term(0)[1] || TINY;
  let c = value;
  let d = 0;
  for (let m = 1; m < maxTerms; m++) {
    const [a, b] = term(m);
    d = b + a * d || TINY;
    c = b + a / c || TINY;
    d = 1 / d;
    const factor = c * d;
    value *= factor;
    if (Math.abs(factor - 1) < 2e-16) break;
  }
  return value;
}
