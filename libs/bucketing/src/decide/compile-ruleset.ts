import { positioner } from '../hash/position.js';
import { HASH_SPACE, sizeOf } from '../ranges/hash-range.js';
import { rolloutRanges, splitByWeight } from '../ranges/boundaries.js';
import {
  READABLE_FORMATS,
  type Ruleset,
  type RulesetExperiment,
  type RulesetModel,
  type RulesetRollout,
  type RulesetTask,
} from '../ruleset.js';
import type { Condition } from '../targeting/condition.js';
import { conditionProblem } from '../targeting/condition-problem.js';
import type {
  CompiledExperiment,
  CompiledRollout,
  CompiledRuleset,
  CompiledTask,
  CompiledVariant,
} from './compiled.js';
import { RangeIndex } from './range-index.js';

/** A ruleset this code cannot read. Whoever holds an older one keeps it. */
export class RulesetError extends Error {
  constructor(
    readonly code: 'RULESET_FORMAT' | 'RULESET_INVALID',
    message: string,
  ) {
    super(message);
    this.name = 'RulesetError';
  }
}

/**
 * Prepares a ruleset for `decide`.
 *
 * One broken rule must not take the others down: an experiment, rollout or holdout that cannot be evaluated is left
 * out and named in `problems`.
 *
 * @throws RulesetError `RULESET_FORMAT` for a format this code does not read, `RULESET_INVALID` for no ruleset at all
 */
export function compileRuleset(ruleset: Ruleset): CompiledRuleset {
  if (
    typeof ruleset !== 'object' ||
    ruleset === null ||
    typeof ruleset.tasks !== 'object' ||
    !ruleset.tasks
  ) {
    throw new RulesetError('RULESET_INVALID', 'a ruleset is an object with tasks');
  }
  if (!READABLE_FORMATS.includes(ruleset.format)) {
    throw new RulesetError('RULESET_FORMAT', `ruleset format ${String(ruleset.format)} is not read here`);
  }
  const problems: string[] = [];
  const tasks = new Map<string, CompiledTask>();
  for (const task of Object.values(ruleset.tasks)) {
    tasks.set(task.key, new TaskCompiler(ruleset, task, problems).compile());
  }
  return { environment: ruleset.environment, version: ruleset.version, ruleset, tasks, problems };
}

class TaskCompiler {
  constructor(
    private readonly ruleset: Ruleset,
    private readonly task: RulesetTask,
    private readonly problems: string[],
  ) {}

  compile(): CompiledTask {
    const { task } = this;
    if (task.hashScheme !== 'native-v1') {
      this.problems.push(`task ${task.key}: hash scheme ${task.hashScheme} is not evaluated here`);
    }
    const readable = task.hashScheme === 'native-v1';
    const experiments = readable
      ? task.experiments.flatMap(
          (one) => this.attempt(`experiment ${one.key}`, () => this.experiment(one)) ?? [],
        )
      : [];
    const { rollout, holdout } = task;
    return {
      key: task.key,
      unitType: task.unitType,
      enabled: task.enabled,
      champion: this.attempt('champion', () => (task.champion === null ? null : this.model(task.champion))),
      fallbacks: task.fallbacks.flatMap(
        (one) => this.attempt(`fallback ${one}`, () => this.model(one)) ?? [],
      ),
      position: positioner(task.positionSalt),
      experiments,
      owners: new RangeIndex(experiments.map((one) => ({ ranges: one.ranges, owner: one }))),
      overridden: experiments.filter((one) => !one.paused && one.overrides.size > 0),
      rollout:
        rollout && readable ? this.attempt(`rollout ${rollout.key}`, () => this.rollout(rollout)) : null,
      holdout:
        holdout && readable
          ? this.attempt(`holdout ${holdout.key}`, () => ({
              key: holdout.key,
              range: rolloutRanges(holdout.share, 0).challenger,
              model: this.model(holdout.model),
              position: positioner(holdout.salt),
            }))
          : null,
    };
  }

  private experiment(given: RulesetExperiment): CompiledExperiment {
    this.checkAudience(given.audience);
    const weights = given.variants.map((variant) => variant.weight);
    const split = splitByWeight(weights);
    if (split.length === 0) throw new Error('its weights give no split');
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const moved = given.variants.every((variant) => variant.ranges !== undefined);
    const variants = given.variants.map((variant, index): CompiledVariant => ({
      key: variant.key,
      model: this.model(variant.model),
      ranges: moved ? variant.ranges! : [split[index]!],
      propensity: variant.weight / total,
    }));
    if (sizeOf(variants.flatMap((variant) => variant.ranges)) !== HASH_SPACE) {
      throw new Error('its variants do not cover their space');
    }
    return {
      id: given.id,
      key: given.key,
      epoch: given.epoch,
      paused: given.paused,
      ranges: given.ranges,
      audience: given.audience,
      variantPosition: positioner(given.salt),
      variants,
      split: new RangeIndex(variants.map((variant) => ({ ranges: variant.ranges, owner: variant }))),
      overrides: new Map(
        Object.entries(given.overrides).flatMap(([unit, key]) => {
          const variant = variants.find((one) => one.key === key);
          return variant ? [[unit, variant] as const] : [];
        }),
      ),
    };
  }

  private rollout(given: RulesetRollout): CompiledRollout {
    this.checkAudience(given.audience);
    const ranges = rolloutRanges(given.share, given.controlShare);
    const { carried } = given;
    return {
      id: given.id,
      key: given.key,
      epoch: given.epoch,
      audience: given.audience,
      position: positioner(given.salt),
      challengerRange: ranges.challenger,
      controlRange: ranges.control,
      share: given.share,
      controlShare: given.controlShare,
      challenger: this.model(given.challenger),
      champion: this.model(given.champion),
      carried: carried && {
        experiment: carried.experiment,
        ranges: carried.ranges,
        variantPosition: positioner(carried.salt),
        range: [carried.from, carried.to],
      },
    };
  }

  private model(reference: string): RulesetModel {
    const model = Object.hasOwn(this.ruleset.models, reference) ? this.ruleset.models[reference] : undefined;
    if (!model) throw new Error(`model ${reference} is not in the ruleset`);
    return model;
  }

  private checkAudience(audience: Condition | null): void {
    const problem = audience === null ? null : conditionProblem(audience);
    if (problem) throw new Error(problem);
  }

  private attempt<T>(what: string, compile: () => T): T | null {
    try {
      return compile();
    } catch (error) {
      this.problems.push(
        `task ${this.task.key}: ${what}: ${error instanceof Error ? error.message : String(error)}`,
      );
      return null;
    }
  }
}
