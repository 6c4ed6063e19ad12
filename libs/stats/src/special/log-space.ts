/** ln(1 − e^x) for x ≤ 0, accurate at both ends. */
export function logOneMinusExp(x: number): number {
  return x > -Math.LN2 ? Math.log(-Math.expm1(x)) : Math.log1p(-Math.exp(x));
}

/** ln(e^a + e^b) without overflow. */
export function logAddExp(a: number, b: number): number {
  const high = Math.max(a, b);
  if (high === -Infinity) return -Infinity;
  return high + Math.log1p(Math.exp(Math.min(a, b) - high));
}

/** ln of the average of e^values. */
export function logMeanExp(values: readonly number[]): number {
  return values.reduce(logAddExp, -Infinity) - Math.log(values.length);
}
