import type { MetricPlan } from '@app/stats';
import type { Random } from '../random/random.js';
import type { UnitArm } from './arms.js';

/** A population of units and the metric measured on them. */
export interface Scenario<A extends UnitArm = UnitArm> {
  readonly name: string;
  /** As an experiment would declare it: the kind and the limits decide the burn-in. */
  readonly metric: MetricPlan;
  /** True value of the metric without a treatment. */
  readonly mean: number;
  /** Standard deviation of a unit (of a ratio: of its linearised value). Only sizes effects. */
  readonly sd: number;
  readonly newArm: () => A;
  /** How a unit whose metric is truly `mean + gain` is drawn into an arm. */
  readonly units: (gain: number) => (random: Random, arm: A) => void;
}

/** A success metric, higher is better. */
export function metricOf(kind: MetricPlan['kind'], bounds?: readonly [number, number]): MetricPlan {
  return { key: 'metric', role: 'success', kind, direction: 'increase', ...(bounds && { bounds }) };
}

/** The effect that a fixed two-sided test at 5 % with these units per arm finds with 80 % power. */
export function detectable(sd: number, control: number, treatment: number): number {
  return (1.959964 + 0.841621) * sd * Math.sqrt(1 / control + 1 / treatment);
}
