/** Value and slope of a function at a point. */
export interface ValueAndSlope {
  readonly value: number;
  readonly slope: number;
}

/**
 * Newton's step; between positive values it is taken on their logs, because −ln of an upper tail grows like e^u and a
 * plain step from the left lands hundreds of units too far.
 */
function step(value: number, target: number, slope: number): number {
  return value > 0 && target > 0 ? (Math.log(value / target) * value) / slope : (value - target) / slope;
}

const SMALL_STEP = 1e-9;

/**
 * The point where an increasing function takes a target value: Newton steps kept inside a shrinking bracket.
 *
 * `f` must be continuous and increasing; an infinite value only narrows the bracket. Ends when the step is so small
 * that the next one would not change the point: the answer is as good as `f` itself.
 */
export function solveIncreasing(f: (u: number) => ValueAndSlope, target: number, start: number): number {
  let low = -Infinity;
  let high = Infinity;
  let u = start;
  let reach = 1;
  for (let i = 0; i < 500; i++) {
    const { value, slope } = f(u);
    const error = value - target;
    if (error === 0) return u;
    if (error < 0) low = u;
    else high = u;
    let next = u - step(value, target, slope);
    const scale = Math.max(1, Math.abs(u));
    // What a Newton step leaves is of the order of its square.
    if (Math.abs(next - u) <= SMALL_STEP * scale && slope > 0 && slope < Infinity) return next;
    // A slope lost to rounding (0, infinite, NaN) must not end the search where it stands.
    if (!(slope > 0 && slope < Infinity) || !(next > low && next < high) || !Number.isFinite(next)) {
      if (low > -Infinity && high < Infinity) next = low + (high - low) / 2;
      else {
        next = error < 0 ? u + reach : u - reach;
        reach *= 2;
      }
    }
    if (Math.abs(next - u) <= 1e-16 * scale) return next;
    u = next;
  }
  return u;
}
