import { HASH_SPACE, holds } from '../ranges/hash-range.js';
import type { Attributes } from '../targeting/condition.js';
import { matches } from '../targeting/matches.js';
import { isCarried, type CompiledRuleset, type CompiledTask } from './compiled.js';
import { decide, type DecideOptions } from './decide.js';
import type { Decision } from './decision.js';

/** One rule of the order, in the order it is asked. */
export interface ExplanationStep {
  readonly rule: 'task' | 'enabled' | 'unit' | 'override' | 'holdout' | 'experiment' | 'rollout' | 'champion';
  /** Key of the experiment, rollout or holdout; the task's otherwise. */
  readonly key: string;
  readonly outcome: 'passed' | 'answered';
  /** What was compared with what, as a sentence. */
  readonly detail: string;
}

export interface Explanation {
  /** Exactly what `decide` answers; nothing of it is recorded. */
  readonly decision: Decision;
  readonly rulesetVersion: number;
  readonly steps: readonly ExplanationStep[];
}

/** The decision for a unit with every rule that was asked on the way, in words. Never throws. */
export function explain(
  compiled: CompiledRuleset,
  taskKey: string,
  unit: string | null | undefined,
  attributes: Attributes = {},
  options: DecideOptions = {},
): Explanation {
  const decision = { ...decide(compiled, taskKey, unit, attributes, options), exposes: false };
  const task = compiled.tasks.get(taskKey);
  const steps = task ? stepsOf(task, unit, attributes, decision) : [unknownTask(compiled, taskKey)];
  return { decision, rulesetVersion: compiled.version, steps };
}

function unknownTask(compiled: CompiledRuleset, key: string): ExplanationStep {
  const detail = `No task "${key}" is known in environment "${compiled.environment}".`;
  return { rule: 'task', key, outcome: 'answered', detail };
}

function stepsOf(
  task: CompiledTask,
  unit: string | null | undefined,
  attributes: Attributes,
  decision: Decision,
): ExplanationStep[] {
  const steps: ExplanationStep[] = [];
  const add = (rule: ExplanationStep['rule'], key: string, answered: boolean, detail: string): boolean => {
    steps.push({ rule, key, outcome: answered ? 'answered' : 'passed', detail });
    return answered;
  };
  const last = (reason: string): ExplanationStep[] => {
    const served = decision.model ? nameOf(decision) : 'nobody, because no champion is set';
    add('champion', task.key, true, `${reason} ${served} serves.`);
    return steps;
  };
  if (decision.reason === 'ERROR')
    return last('The rules could not be evaluated; the champion is the safe answer:');
  add('enabled', task.key, false, `The task is switched ${task.enabled ? 'on' : 'off'}.`);
  if (!task.enabled) return last('A task that is switched off is answered by its champion:');
  if (typeof unit !== 'string' || unit === '') {
    add('unit', task.key, false, `No unit of type "${task.unitType}" was given.`);
    return last('Without a unit there is nothing to assign:');
  }
  for (const experiment of task.overridden) {
    const variant = experiment.overrides.get(unit);
    const detail = variant
      ? `The unit is named in the overrides: variant "${variant.key}", not analysed.`
      : 'The unit is not among the overrides.';
    if (add('override', experiment.key, variant !== undefined, detail)) return steps;
  }
  if (task.holdout) {
    const at = task.holdout.position(unit);
    const held = at < task.holdout.range[1];
    const detail = `Holdout position ${percent(at)} is ${held ? 'below' : 'not below'} the held share ${percent(task.holdout.range[1])}.`;
    if (add('holdout', task.holdout.key, held, detail)) return steps;
  }
  const position = task.position(unit);
  for (const experiment of task.experiments) {
    const inside = holds(experiment.ranges, position);
    const place = `Position ${percent(position)} is ${inside ? 'inside' : 'outside'} its ${rangesText(experiment.ranges)}`;
    if (!inside) {
      add('experiment', experiment.key, false, `${place}.`);
    } else if (experiment.paused) {
      add('experiment', experiment.key, false, `${place}, but it is paused.`);
    } else if (experiment.audience && !matches(experiment.audience, attributes)) {
      add('experiment', experiment.key, false, `${place}, but the attributes are not in its audience.`);
    } else {
      const at = experiment.variantPosition(unit);
      const arm = experiment.split.at(at);
      const audience = experiment.audience ? ', the attributes are in its audience' : '';
      const detail = `${place}${audience}, and variant position ${percent(at)} is in variant "${arm?.key}" (${rangesText(arm?.ranges ?? [])}): ${nameOf(decision)} serves.`;
      add('experiment', experiment.key, true, detail);
      return steps;
    }
  }
  return explainRollout(task, unit, position, attributes, decision, add)
    ? steps
    : last('Nothing wanted the unit:');
}

function explainRollout(
  task: CompiledTask,
  unit: string,
  taskPosition: number,
  attributes: Attributes,
  decision: Decision,
  add: (rule: ExplanationStep['rule'], key: string, answered: boolean, detail: string) => boolean,
): boolean {
  const { rollout } = task;
  if (!rollout) return false;
  if (rollout.audience && !matches(rollout.audience, attributes)) {
    return add('rollout', rollout.key, false, 'The attributes are not in its audience.');
  }
  const stale = decision.reason === 'STALE' ? ' The ruleset is stale, so the champion serves meanwhile.' : '';
  if (isCarried(rollout, taskPosition, unit)) {
    const from = `The unit was in the winning arm of experiment "${rollout.carried!.experiment}" and stays on the challenger`;
    return add(
      'rollout',
      rollout.key,
      true,
      `${from}, left out of estimates: ${nameOf(decision)} serves.${stale}`,
    );
  }
  const at = percent(rollout.position(unit));
  const shares = `challenger below ${percent(rollout.challengerRange[1])}, control from ${percent(rollout.controlRange[0])}`;
  const arm = `Rollout position ${at} (${shares}) is the arm "${decision.variant}"`;
  return add('rollout', rollout.key, true, `${arm}: ${nameOf(decision)} serves.${stale}`);
}

const nameOf = (decision: Decision): string =>
  decision.model ? `${decision.model.key}@${decision.model.version}` : 'nobody';

/** Six decimals of a per cent tell positions apart that a person can tell apart. */
const percent = (position: number): string => `${((position / HASH_SPACE) * 100).toFixed(6)} %`;

const rangesText = (ranges: ReadonlyArray<readonly [number, number]>): string =>
  ranges.length === 0
    ? 'no traffic'
    : `range${ranges.length > 1 ? 's' : ''} ${ranges.map(([from, to]) => `${percent(from)} to ${percent(to)}`).join(', ')}`;
