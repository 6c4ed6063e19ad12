import type { MetricPlan } from '@app/stats';
import { metricOf } from '../scenarios/scenario.js';
import { SimulationError } from '../simulation-error.js';

/** One line of an outside stream, its replicate apart. */
export interface StreamLine {
  readonly unit: string;
  readonly arm: string;
  readonly metric: string;
  readonly value: number;
  readonly t: number;
}

/** A unit whose lines have all arrived. */
export interface StreamUnit {
  readonly arm: string;
  /** Sum of its values, and how many there were. */
  readonly sum: number;
  readonly lines: number;
  /** Time of the last of them: from then on the unit counts. */
  readonly t: number;
}

/**
 * The units of one metric in one replicate, in the order in which they are complete.
 *
 * @throws SimulationError a unit in two arms
 */
export function unitsOf(lines: readonly StreamLine[]): StreamUnit[] {
  const units = new Map<string, { arm: string; sum: number; lines: number; t: number }>();
  for (const line of lines) {
    const unit = units.get(line.unit);
    if (!unit) {
      units.set(line.unit, { arm: line.arm, sum: line.value, lines: 1, t: line.t });
      continue;
    }
    if (unit.arm !== line.arm)
      throw new SimulationError(`unit "${line.unit}" is in the arms "${unit.arm}" and "${line.arm}"`);
    unit.sum += line.value;
    unit.lines++;
    unit.t = Math.max(unit.t, line.t);
  }
  return [...units.values()].sort((a, b) => a.t - b.t);
}

/**
 * How an experiment would have declared the metric, told from one replicate: several lines of a unit make a ratio (total
 * over lines), zeros and ones a proportion, values within [0, 1] a score; anything else is an unbounded mean.
 */
export function metricPlanOf(units: readonly StreamUnit[]): MetricPlan {
  if (units.some(({ lines }) => lines > 1)) return metricOf('ratio');
  if (units.every(({ sum }) => sum === 0 || sum === 1)) return metricOf('proportion');
  return units.every(({ sum }) => sum >= 0 && sum <= 1) ? metricOf('mean', [0, 1]) : metricOf('mean');
}

/** What in a later replicate contradicts the plan that the first one gave; null when nothing does. */
export function contradiction(plan: MetricPlan, units: readonly StreamUnit[]): string | null {
  if (plan.kind === 'ratio') return null;
  if (units.some(({ lines }) => lines > 1))
    return 'has units of several lines, which its first replicate had not';
  const odd = units.find(({ sum }) =>
    plan.kind === 'proportion' ? sum !== 0 && sum !== 1 : plan.bounds && (sum < 0 || sum > 1),
  );
  return odd
    ? `has the value ${odd.sum}, but was ${plan.kind === 'proportion' ? '0 or 1' : 'within [0, 1]'} in its first replicate`
    : null;
}

/** The arm called control, or the first in the order of names. */
export function controlOf(arms: ReadonlySet<string>): string {
  return arms.has('control') ? 'control' : [...arms].sort()[0]!;
}
