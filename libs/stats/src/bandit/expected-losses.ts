import { atLogit, logistic, logitScale, requireShape, type BetaShape } from '../bayesian/beta-arm.js';
import { logAddExp } from '../special/log-space.js';
import { logTrapezoid } from '../special/quadrature.js';
import { StatsError } from '../stats-error.js';

/**
 * What choosing arm i is expected to lose against the best of all, E max θ − E θ_i, for independent Beta beliefs; in
 * [0, 1], by quadrature.
 *
 * As ∫ F_i (1 − Π_{j≠i} F_j), in which nothing cancels. With two arms these are the losses of `compareBetas`.
 *
 * @throws StatsError `STATS_SHAPE` no arm; `STATS_DOMAIN` shapes not positive and finite
 */
export function expectedLossesOfBetas(arms: readonly BetaShape[]): number[] {
  if (arms.length === 0) throw new StatsError('STATS_SHAPE', 'no arm');
  arms.forEach(requireShape);
  if (arms.length === 1) return [0];
  const scales = arms.map(logitScale);
  const from = Math.min(...scales.map(({ mode }) => mode));
  const to = Math.max(...scales.map(({ mode }) => mode));
  const step = Math.min(...scales.map((scale) => scale.step));
  return arms.map((arm, i) => {
    const others = arms.filter((_, j) => j !== i);
    const log = (u: number): number =>
      atLogit(arm, u).logCdf + logSomeAbove(others, u) + Math.log(logistic(u)) + Math.log(logistic(-u));
    return Math.min(1, Math.exp(logTrapezoid(log, from, to, step, true)));
  });
}

/** ln(1 − Π F_j) as a sum of what is positive. */
function logSomeAbove(arms: readonly BetaShape[], u: number): number {
  let [above, below] = [-Infinity, 0];
  for (const arm of arms) {
    const { logCdf, logSf } = atLogit(arm, u);
    above = logAddExp(above, below + logSf);
    below += logCdf;
  }
  return above;
}
