/** Terms this far (in logs) below the largest change nothing. */
const NEGLIGIBLE = 45;
const MOST_STEPS = 1_000_000;

/**
 * ln ∫ e^f over the real line by trapezoids, for analytic f that falls off on both sides of [from, to].
 *
 * Nodes are taken outwards until the terms no longer count. For such integrands the error falls exponentially with the
 * step; choose it below half the narrowest standard deviation in it.
 */
export function logTrapezoid(f: (u: number) => number, from: number, to: number, step: number): number {
  const terms: number[] = [];
  let high = -Infinity;
  const add = (u: number): number => {
    const term = f(u);
    terms.push(term);
    high = Math.max(high, term);
    return term;
  };
  // Counted from the start, not from 0: far from the origin u / step would have no digits left.
  const last = Math.ceil((to - from) / step);
  for (let i = 0; i <= last; i++) add(from + i * step);
  const walk = (start: number, direction: 1 | -1): void => {
    let previous = -Infinity;
    for (let i = 1; i < MOST_STEPS; i++) {
      const term = add(start + direction * i * step);
      if (!(term > high - NEGLIGIBLE) && !(term > previous)) return;
      previous = term;
    }
  };
  walk(from + last * step, 1);
  walk(from, -1);
  if (high === -Infinity) return -Infinity;
  return high + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - high), 0) * step);
}

/**
 * ∫ f over [low, high] by the double exponential rule, which forgives singularities of a power at either end.
 *
 * `f` is given the distances from both ends, exact where they are tiny.
 *
 * @see Takahasi, Mori (1974), Publ. RIMS 9
 */
export function doubleExponential(
  f: (fromLow: number, fromHigh: number) => number,
  low: number,
  high: number,
): number {
  const width = high - low;
  if (!(width > 0)) return 0;
  const step = 1 / 24;
  let sum = 0;
  for (let i = -150; i <= 150; i++) {
    const t = i * step;
    const q = Math.exp(-Math.PI * Math.sinh(Math.abs(t)));
    const near = (width * q) / (1 + q);
    if (near === 0) continue;
    const far = width / (1 + q);
    const weight = (Math.PI * Math.cosh(t) * q) / (1 + q) / (1 + q);
    const value = t < 0 ? f(near, far) : f(far, near);
    if (value !== 0) sum += value * weight;
  }
  return sum * step * width;
}

/**
 * Nodes and weights of the n-point Gauss-Legendre rule on [−1, 1], ascending.
 *
 * @see DLMF 3.5.15; Newton's method from Tricomi's guess
 */
export function gaussLegendre(n: number): { nodes: number[]; weights: number[] } {
  const nodes = new Array<number>(n);
  const weights = new Array<number>(n);
  for (let i = 0; i < (n + 1) / 2; i++) {
    let x = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let slope = 0;
    for (let round = 0; round < 100; round++) {
      let [below, value] = [1, x];
      for (let k = 2; k <= n; k++) [below, value] = [value, ((2 * k - 1) * x * value - (k - 1) * below) / k];
      slope = (n * (x * value - below)) / (x * x - 1);
      const change = value / slope;
      x -= change;
      if (Math.abs(change) < 1e-16) break;
    }
    const weight = 2 / ((1 - x * x) * slope * slope);
    nodes[i] = -x;
    nodes[n - 1 - i] = x;
    weights[i] = weights[n - 1 - i] = weight;
  }
  return { nodes, weights };
}
