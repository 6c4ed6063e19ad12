import { holds } from '../ranges/hash-range.js';
import type { Placing } from '../scheme/placings.js';
import type { Audience } from '../targeting/audience.js';
import type { Attributes } from '../targeting/condition.js';
import { namedSegments } from '../targeting/segments.js';
import { isCarried, type CompiledExperiment, type CompiledRuleset, type CompiledTask } from './compiled.js';
import { decide, isMet, type DecideOptions } from './decide.js';
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
  const steps = task
    ? new TaskExplainer(compiled, task, attributes, options, decision).explain(unit)
    : [unknownTask(compiled, taskKey)];
  return { decision, rulesetVersion: compiled.version, steps };
}

function unknownTask(compiled: CompiledRuleset, key: string): ExplanationStep {
  const detail = `No task "${key}" is known in environment "${compiled.environment}".`;
  return { rule: 'task', key, outcome: 'answered', detail };
}

class TaskExplainer {
  private readonly steps: ExplanationStep[] = [];

  constructor(
    private readonly compiled: CompiledRuleset,
    private readonly task: CompiledTask,
    private readonly attributes: Attributes,
    private readonly options: DecideOptions,
    private readonly decision: Decision,
  ) {}

  explain(unit: string | null | undefined): ExplanationStep[] {
    const { task } = this;
    if (this.decision.reason === 'ERROR')
      return this.champion('The rules could not be evaluated; the champion is the safe answer:');
    this.add('enabled', task.key, false, `The task is switched ${task.enabled ? 'on' : 'off'}.`);
    if (!task.enabled) return this.champion('A task that is switched off is answered by its champion:');
    if (task.killedBy !== null) {
      this.add(
        'enabled',
        task.key,
        false,
        `The gate "${task.killedBy}" in the upstream flag server is closed.`,
      );
      return this.champion('A task whose gate is closed is answered by its champion:');
    }
    if (typeof unit !== 'string' || unit === '') {
      this.add('unit', task.key, false, `No unit of type "${task.unitType}" was given.`);
      return this.champion('Without a unit there is nothing to assign:');
    }
    const answered =
      task.overridden.some((experiment) => this.override(experiment, unit)) ||
      this.holdout(unit) ||
      task.experiments.some((experiment) => this.experiment(experiment, unit)) ||
      this.rollout(unit);
    return answered ? this.steps : this.champion('Nothing wanted the unit:');
  }

  private override(experiment: CompiledExperiment, unit: string): boolean {
    const named = experiment.overrides.get(unit);
    const detail = named
      ? `The unit is named in the overrides: variant "${named.variant}", not analysed.`
      : 'The unit is not among the overrides.';
    return this.add('override', experiment.key, named !== undefined, detail);
  }

  private holdout(unit: string): boolean {
    const { holdout } = this.task;
    if (!holdout) return false;
    const at = holdout.placing.of(unit);
    const held = at < holdout.range[1];
    const detail = `Holdout position ${percent(at, holdout.placing)} is ${held ? 'below' : 'not below'} the held share ${percent(holdout.range[1], holdout.placing)}.`;
    return this.add('holdout', holdout.key, held, detail);
  }

  private experiment(experiment: CompiledExperiment, unit: string): boolean {
    const { placing } = this.task;
    const position = placing.of(unit);
    // Under a broken ruleset two may claim a position, and the first has it.
    const owner = this.task.experiments.find((one) => holds(one.ranges, position));
    const inside = owner === experiment;
    const place = `Position ${percent(position, placing)} is ${inside ? 'inside' : 'outside'} its ${rangesText(experiment.ranges, placing)}`;
    const passed = (but: string): boolean => this.add('experiment', experiment.key, false, `${place}${but}.`);
    if (!inside) return passed('');
    if (experiment.paused) return passed(', but it is paused');
    const { audience } = experiment;
    if (audience && !audience.holds(this.attributes)) {
      return passed(`, but the attributes are not in its audience${this.segmentsText(audience)}`);
    }
    const asked: string[] = [];
    for (const prerequisite of experiment.prerequisites) {
      const other = decide(this.compiled, prerequisite.task, unit, this.attributes, this.options);
      const met = isMet(prerequisite, other);
      const answer = `task "${prerequisite.task}" answers ${answerText(other)} where ${wantedText(prerequisite)} is asked for`;
      if (!met) return passed(`, but a prerequisite does not hold: ${[...asked, answer].join('; ')}`);
      asked.push(answer);
    }
    const at = experiment.variantPlacing.of(unit);
    const drawn = experiment.split.at(at - experiment.variantPlacing.bias);
    const arm = experiment.variants.find((variant) => variant.drawn === drawn);
    const inAudience = audience ? `, the attributes are in its audience${this.segmentsText(audience)}` : '';
    const prerequisites = asked.length > 0 ? `, its prerequisites hold (${asked.join('; ')})` : '';
    const stretch = `variant position ${percent(at, experiment.variantPlacing)} is in variant "${arm?.key}" (${rangesText(arm?.ranges ?? [], experiment.variantPlacing)})`;
    const detail = `${place}${inAudience}${prerequisites}, and ${stretch}: ${nameOf(this.decision)} serves.`;
    return this.add('experiment', experiment.key, true, detail);
  }

  private rollout(unit: string): boolean {
    const { task, decision } = this;
    const { rollout } = task;
    if (!rollout) return false;
    const { audience } = rollout;
    if (audience && !audience.holds(this.attributes)) {
      const detail = `The attributes are not in its audience${this.segmentsText(audience)}.`;
      return this.add('rollout', rollout.key, false, detail);
    }
    const stale =
      decision.reason === 'STALE' ? ' The ruleset is stale, so the champion serves meanwhile.' : '';
    if (isCarried(rollout, task.placing, unit)) {
      const from = `The unit was in the winning arm of experiment "${rollout.carried!.experiment}" and stays on the challenger`;
      const detail = `${from}, left out of estimates: ${nameOf(decision)} serves.${stale}`;
      return this.add('rollout', rollout.key, true, detail);
    }
    const at = percent(rollout.placing.of(unit), rollout.placing);
    const shares = `challenger below ${percent(rollout.challengerRange[1], rollout.placing)}, control from ${percent(rollout.controlRange[0], rollout.placing)}`;
    const arm = `Rollout position ${at} (${shares}) is the arm "${decision.variant}"`;
    return this.add('rollout', rollout.key, true, `${arm}: ${nameOf(decision)} serves.${stale}`);
  }

  private champion(reason: string): ExplanationStep[] {
    const served = this.decision.model ? nameOf(this.decision) : 'nobody, because no champion is set';
    this.add('champion', this.task.key, true, `${reason} ${served} serves.`);
    return this.steps;
  }

  /** Which of the named audiences the unit is in: a condition can be long, its segments are words people chose. */
  private segmentsText(audience: Audience): string {
    const named = namedSegments(audience.condition);
    if (named.length === 0) return '';
    const texts = named.map(
      (key) => `${audience.segment(key, this.attributes) ? 'in' : 'not in'} segment "${key}"`,
    );
    return ` (${texts.join(', ')})`;
  }

  private add(rule: ExplanationStep['rule'], key: string, answered: boolean, detail: string): boolean {
    this.steps.push({ rule, key, outcome: answered ? 'answered' : 'passed', detail });
    return answered;
  }
}

const nameOf = (decision: Decision): string =>
  decision.model ? `${decision.model.key}@${decision.model.version}` : 'nobody';

const answerText = (decision: Decision): string =>
  decision.variant === null ? nameOf(decision) : `variant "${decision.variant}" (${nameOf(decision)})`;

function wantedText({ models, variants }: CompiledExperiment['prerequisites'][number]): string {
  const oneOf = (what: string, names: readonly string[]): string => `${what} ${names.join(' or ')}`;
  return [models && oneOf('model', models), variants && oneOf('variant', variants)]
    .filter(Boolean)
    .join(' and ');
}

/** Six decimals of a per cent tell positions apart that a person can tell apart. */
const percent = (position: number, { space }: Placing): string =>
  `${((position / space) * 100).toFixed(6)} %`;

const rangesText = (ranges: ReadonlyArray<readonly [number, number]>, placing: Placing): string =>
  ranges.length === 0
    ? 'no traffic'
    : `range${ranges.length > 1 ? 's' : ''} ${ranges.map(([from, to]) => `${percent(from, placing)} to ${percent(to, placing)}`).join(', ')}`;
