import type { Prerequisite } from '../ruleset.js';
import type { Placing } from '../scheme/placings.js';
import type { AudienceTest } from '../targeting/audience.js';
import type { CompiledExperiment, CompiledHoldout, CompiledRollout, CompiledTask } from './compiled.js';
import type { Decision } from './decision.js';
import { RangeIndex } from './range-index.js';

/**
 * What `decide` reads of a task, and nothing else. A compiled task says everything that there is to explain; a decision
 * that picks its way through it touches dozens of objects, and with hundreds of tasks each of them is a wait for memory.
 */
export interface TaskProgram {
  /** The answer of a task that is switched off or whose gate is closed. */
  readonly closed: Decision | null;
  readonly unitMissing: Decision;
  readonly error: Decision;
  /** The champion's answer to units nobody wants. */
  readonly otherwise: Decision;
  readonly overrides: ReadonlyMap<string, Decision> | null;
  readonly holdout: CompiledHoldout | null;
  /** The only experiment that owns traffic: its audience can be asked before the unit is hashed. */
  readonly lone: ExperimentProgram | null;
  /** Where several own traffic: whose a unit is. Paused ones take nobody. */
  readonly several: RangeIndex<ExperimentProgram> | null;
  readonly placing: Placing;
  readonly rollout: CompiledRollout | null;
}

export interface ExperimentProgram {
  readonly audience: AudienceTest | null;
  readonly prerequisites: readonly Prerequisite[] | null;
  /** Of a lone experiment: which positions of the task are its own; null when all are. */
  readonly traffic: RangeIndex<true> | null;
  readonly placing: Placing;
  readonly split: RangeIndex<Decision>;
}

export function programOf(task: Omit<CompiledTask, 'program'>): TaskProgram {
  const { answers, placing } = task;
  const open = task.experiments.filter((one) => !one.paused && one.ranges.some(([from, to]) => to > from));
  const [lone] = open;
  return {
    // In the order of use: what is read first stands together.
    closed: !task.enabled || task.killedBy !== null ? answers.disabled : null,
    overrides: overridesOf(task),
    holdout: task.holdout,
    lone: open.length === 1 ? experimentProgram(lone!, placing) : null,
    rollout: task.rollout,
    otherwise: answers.default,
    placing,
    several: open.length > 1 ? severalOf(task) : null,
    unitMissing: answers.unitMissing,
    error: answers.error,
  };
}

/** Of two experiments that name one unit the first listed has it. */
function overridesOf(task: Omit<CompiledTask, 'program'>): Map<string, Decision> | null {
  if (task.overridden.length === 0) return null;
  const named = new Map<string, Decision>();
  for (const experiment of task.overridden) {
    for (const [unit, answer] of experiment.overrides) {
      if (!named.has(unit)) named.set(unit, answer);
    }
  }
  return named;
}

function severalOf({ experiments, placing }: Omit<CompiledTask, 'program'>): RangeIndex<ExperimentProgram> {
  const claims = experiments.map((one) => ({
    ranges: one.ranges,
    owner: one.paused ? undefined : experimentProgram(one, null),
  }));
  return new RangeIndex(claims, placing.bias) as RangeIndex<ExperimentProgram>;
}

/** @param alone the task's placing when this experiment is the only one */
function experimentProgram(experiment: CompiledExperiment, alone: Placing | null): ExperimentProgram {
  const { ranges, prerequisites } = experiment;
  const ownsAll = ranges.length === 1 && ranges[0]![0] === 0 && ranges[0]![1] === alone?.space;
  return {
    audience: experiment.audience && experiment.audience.first,
    prerequisites: prerequisites.length > 0 ? prerequisites : null,
    traffic: alone && !ownsAll ? new RangeIndex([{ ranges, owner: true }], alone.bias) : null,
    placing: experiment.variantPlacing,
    split: experiment.split,
  };
}
