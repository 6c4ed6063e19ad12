import { HASH_SPACE, sizeOf, type HashRange } from '../ranges/hash-range.js';
import { rolloutRanges, splitByWeight } from '../ranges/boundaries.js';
import type {
  HashScheme,
  Ruleset,
  RulesetExperiment,
  RulesetHoldout,
  RulesetModel,
  RulesetRollout,
  RulesetTask,
} from '../ruleset.js';
import { inSpace, SCHEME_PLACINGS, type Placing, type SchemePlacings } from '../scheme/placings.js';
import { type SchemeProblem, schemeProblems } from '../scheme/scheme-problems.js';
import { Audience } from '../targeting/audience.js';
import { ConditionCompiler } from '../targeting/compile-condition.js';
import type { Condition } from '../targeting/condition.js';
import { conditionProblem } from '../targeting/condition-problem.js';
import { SegmentBook } from '../targeting/segments.js';
import { armAnswers, championAnswer, overrideAnswer, splitAnswer, undrawn } from './answers.js';
import {
  compileCarried,
  type CompiledExperiment,
  type CompiledHoldout,
  type CompiledRollout,
  type CompiledTask,
  type CompiledVariant,
} from './compiled.js';
import type { HoldoutArm, HoldoutVariant } from './holdout-arm.js';
import { programOf } from './program.js';
import type { Decision } from './decision.js';
import { RangeIndex } from './range-index.js';

/** What the tasks of a ruleset share while they are compiled: segments are read and compiled once. */
export class CompileContext {
  readonly book: SegmentBook;
  private readonly conditions = new Map<HashScheme, ConditionCompiler>();

  constructor(readonly ruleset: Ruleset) {
    this.book = new SegmentBook(ruleset.segments ?? {});
  }

  conditionsOf(scheme: HashScheme): ConditionCompiler {
    const known = this.conditions.get(scheme);
    if (known) return known;
    const compiler = new ConditionCompiler(this.book.segments, scheme);
    this.conditions.set(scheme, compiler);
    return compiler;
  }
}

/**
 * Compiles one task; what cannot be evaluated is left out and named.
 *
 * @param refused experiments that are not to be compiled, and why (prerequisites that cannot be asked)
 */
export function compileTask(
  context: CompileContext,
  task: RulesetTask,
  refused: ReadonlyMap<string, string>,
): { compiled: CompiledTask; problems: string[] } {
  const compiler = new TaskCompiler(context, task, refused);
  return { compiled: compiler.compile(), problems: compiler.problems };
}

class TaskCompiler {
  readonly problems: string[] = [];
  private readonly ruleset: Ruleset;
  private readonly conditions: ConditionCompiler;
  private readonly placings: SchemePlacings | null;
  private readonly placing: Placing;
  private inexpressible: SchemeProblem[] | null = null;

  constructor(
    private readonly context: CompileContext,
    private readonly task: RulesetTask,
    private readonly refused: ReadonlyMap<string, string>,
  ) {
    this.ruleset = context.ruleset;
    this.conditions = context.conditionsOf(task.hashScheme);
    this.placings = Object.hasOwn(SCHEME_PLACINGS, task.hashScheme) ? SCHEME_PLACINGS[task.hashScheme] : null;
    if (!this.placings) this.problems.push(`task ${task.key}: hash scheme ${task.hashScheme} is not known`);
    this.placing = (this.placings ?? SCHEME_PLACINGS['native-v1']).task(task);
  }

  compile(): CompiledTask {
    const { task } = this;
    const champion = this.attempt('champion', () =>
      task.champion === null ? null : this.model(task.champion),
    );
    const experiments = this.experiments();
    const owning = experiments.filter((one) => one.ranges.some(([from, to]) => to > from));
    const { rollout, holdout } = task;
    const compiled = {
      key: task.key,
      unitType: task.unitType,
      hashScheme: task.hashScheme,
      positionSalt: task.positionSalt,
      enabled: task.enabled,
      killedBy: task.killedBy ?? null,
      champion,
      fallbacks: task.fallbacks.flatMap(
        (one) => this.attempt(`fallback ${one}`, () => this.model(one)) ?? [],
      ),
      placing: this.placing,
      experiments,
      lone: owning.length === 1 ? owning[0]! : null,
      overridden: experiments.filter((one) => !one.paused && one.overrides.size > 0),
      rollout: rollout && this.attempt(`rollout ${rollout.key}`, () => this.rollout(rollout)),
      holdout: holdout && this.attempt(`holdout ${holdout.key}`, () => this.holdout(holdout)),
      answers: {
        default: championAnswer(task.key, champion, 'DEFAULT'),
        disabled: championAnswer(task.key, champion, 'DISABLED'),
        unitMissing: championAnswer(task.key, champion, 'UNIT_MISSING'),
        error: undrawn(task.key, champion, 'champion', 'ERROR'),
      },
    };
    return { ...compiled, program: programOf(compiled) };
  }

  private experiments(): CompiledExperiment[] {
    return this.task.experiments.flatMap(
      (one) => this.attempt(`experiment ${one.key}`, () => this.experiment(one)) ?? [],
    );
  }

  private experiment(given: RulesetExperiment): CompiledExperiment {
    const { placings } = this;
    if (!placings) throw new Error('its hash scheme is not known');
    const refusal = this.refused.get(given.key);
    if (refusal !== undefined) throw new Error(refusal);
    const audience = this.audience(given.audience);
    this.refuseInexpressible('experiment', given.key);
    const variantPlacing = placings.variant(given);
    const variants = this.variants(given, variantPlacing.space);
    return {
      id: given.id,
      key: given.key,
      salt: given.salt,
      epoch: given.epoch,
      paused: given.paused,
      ranges: this.traffic(given.ranges),
      audience,
      prerequisites: given.prerequisites ?? [],
      variantPlacing,
      variants,
      split: new RangeIndex(
        variants.map((variant) => ({ ranges: variant.ranges, owner: variant.drawn })),
        variantPlacing.bias,
      ),
      overrides: this.overrides(given, variants),
    };
  }

  private overrides(given: RulesetExperiment, variants: readonly CompiledVariant[]): Map<string, Decision> {
    const answers = new Map<string, Decision>();
    for (const [unit, key] of Object.entries(given.overrides)) {
      const variant = variants.find((one) => one.key === key);
      if (variant) answers.set(unit, overrideAnswer(variant.drawn));
    }
    return answers;
  }

  /** A percentage has no place, only a size. */
  private traffic(ranges: readonly HashRange[]): HashRange[] {
    if (this.task.hashScheme !== 'unleash') return inSpace(ranges, this.placing.space);
    const size = sizeOf(ranges);
    return size > 0 ? inSpace([[0, size]], this.placing.space) : [];
  }

  private variants(given: RulesetExperiment, space: number): CompiledVariant[] {
    const weights = given.variants.map((variant) => variant.weight);
    const split = splitByWeight(weights);
    if (split.length === 0) throw new Error('its weights give no split');
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const isMoved = given.variants.every((variant) => variant.ranges !== undefined);
    if (isMoved && sizeOf(given.variants.flatMap((variant) => variant.ranges!)) !== HASH_SPACE) {
      throw new Error('its variants do not cover their space');
    }
    return given.variants.map(({ key, model: reference, weight }, index) => {
      const model = this.model(reference);
      const propensity = weight / total;
      return {
        key,
        model,
        ranges: inSpace(isMoved ? given.variants[index]!.ranges! : [split[index]!], space),
        propensity,
        drawn: splitAnswer(this.task.key, given, key, model, propensity),
      };
    });
  }

  private rollout(given: RulesetRollout): CompiledRollout {
    if (!this.placings) throw new Error('its hash scheme is not known');
    const audience = this.audience(given.audience);
    this.refuseInexpressible('rollout', given.key);
    const placing = this.placings.rollout(given);
    const ranges = rolloutRanges(given.share, given.controlShare);
    const [challenger, champion] = [this.model(given.challenger), this.model(given.champion)];
    const { carried, share, controlShare } = given;
    const arm = (variant: string, propensity: number, fresh = champion, isCarried = false) =>
      armAnswers(
        this.task.key,
        given,
        { variant, propensity, carried: isCarried },
        { fresh, stale: champion },
      );
    return {
      id: given.id,
      key: given.key,
      salt: given.salt,
      epoch: given.epoch,
      audience,
      placing,
      challengerRange: inSpace([ranges.challenger], placing.space)[0]!,
      controlRange: inSpace([ranges.control], placing.space)[0]!,
      challenger: arm('challenger', share, challenger),
      control: arm('control', controlShare),
      champion: arm('champion', 1 - share - controlShare),
      carried: carried && {
        experiment: carried.experiment,
        salt: carried.salt,
        ...compileCarried(carried, this.placings, this.placing),
        arm: arm('challenger', 1, challenger, true),
      },
    };
  }

  private holdout(given: RulesetHoldout): CompiledHoldout {
    if (!this.placings) throw new Error('its hash scheme is not known');
    this.refuseInexpressible('holdout', given.key);
    const placing = this.placings.holdout(given);
    const { measured, share } = given;
    const ranges = rolloutRanges(share, Math.min(share, 1 - share));
    const arm = (variant: HoldoutVariant, { id, epoch, since }: NonNullable<typeof measured>): HoldoutArm => {
      const sinceMs = Date.parse(since);
      return Object.freeze({
        task: this.task.key,
        kind: 'holdout',
        id,
        key: given.key,
        epoch,
        variant,
        sinceMs,
      });
    };
    return {
      key: given.key,
      salt: given.salt,
      placing,
      range: inSpace([ranges.challenger], placing.space)[0]!,
      measured: measured
        ? {
            openRange: inSpace([ranges.control], placing.space)[0]!,
            arms: { held: arm('held', measured), open: arm('open', measured) },
          }
        : null,
      held: undrawn(this.task.key, this.model(given.model), 'holdout', 'HOLDOUT'),
    };
  }

  private audience(condition: Condition | null): Audience | null {
    if (condition === null) return null;
    const problem = conditionProblem(condition) ?? this.context.book.problem(condition);
    if (problem) throw new Error(problem);
    return new Audience(condition, this.conditions);
  }

  private model(reference: string): RulesetModel {
    const model = Object.hasOwn(this.ruleset.models, reference) ? this.ruleset.models[reference] : undefined;
    if (!model) throw new Error(`model ${reference} is not in the ruleset`);
    return model;
  }

  /** What SDKs of the task's scheme would evaluate otherwise must not be evaluated here either. */
  private refuseInexpressible(rule: 'experiment' | 'rollout' | 'holdout', key: string): void {
    this.inexpressible ??= schemeProblems(this.task, this.context.book.segments);
    const problem = this.inexpressible.find((one) => one.rule === rule && one.key === key);
    if (problem) throw new Error(`${this.task.hashScheme} cannot express it: ${problem.message}`);
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
