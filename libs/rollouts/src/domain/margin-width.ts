import { type RampMetric, type RampStage, stageMargin, WIDEST_STAGE_MARGIN } from './ramp-plan.js';
import { RolloutError } from './rollout.errors.js';
import { percent } from './words.js';

/** 5 % × 5 is 25 % and allowed, whatever the last bit says. */
const ROUNDING = 1e-9;

/**
 * A margin as a fraction of what it is a loss of: the control mean, or the range of a bounded score. Null when the
 * metric is unbounded and its control mean unknown.
 */
function marginWidth(
  margin: RampMetric['margin'],
  metric: RampMetric,
  controlMeans: Readonly<Record<string, number>>,
): number | null {
  if (margin.type === 'relative') return margin.value;
  const bounds = metric.bounds ?? (metric.kind === 'proportion' ? ([0, 1] as const) : null);
  const scale = bounds ? bounds[1] - bounds[0] : Math.abs(controlMeans[metric.key] ?? 0);
  return scale > 0 ? margin.value / scale : null;
}

/** Refuses a stage whose margin is so wide that passing it says nothing. Throws `STAGE_MARGIN_TOO_WIDE`. */
export function assertStageMargins(
  stages: readonly RampStage[],
  metrics: readonly RampMetric[],
  controlMeans: Readonly<Record<string, number>>,
): void {
  const errors = stages.flatMap((stage, index) =>
    metrics.flatMap((metric) => {
      const width = marginWidth(stageMargin(metric, stage), metric, controlMeans);
      if (width === null || width <= WIDEST_STAGE_MARGIN + ROUNDING) return [];
      return [
        {
          field: `stages[${index}].marginFactor`,
          message: `At ${percent(stage.share)} ${metric.key} could lose ${percent(width)} and still pass; at most ${percent(WIDEST_STAGE_MARGIN)} says something.`,
        },
      ];
    }),
  );
  if (errors.length > 0) {
    throw new RolloutError('STAGE_MARGIN_TOO_WIDE', errors.map(({ message }) => message).join(' '), {
      errors,
    });
  }
}

/** The largest factor at which every metric's stage margin still says something; at least 1 is not promised. */
export function widestFactor(
  metrics: readonly RampMetric[],
  controlMeans: Readonly<Record<string, number>>,
): number {
  return Math.min(
    ...metrics.map((metric) => {
      const width = marginWidth(metric.margin, metric, controlMeans);
      return width === null || width === 0 ? Infinity : WIDEST_STAGE_MARGIN / width;
    }),
  );
}
