import type { CompiledTask } from '../decide/compiled.js';
import type { Decision } from '../decide/decision.js';
import type { HashRange } from '../ranges/hash-range.js';
import type { Audience } from '../targeting/audience.js';
import type { Segments } from '../targeting/segments.js';
import { growthbookCondition, type GrowthbookCondition } from './growthbook-condition.js';
import {
  growthbookAttribute,
  type GrowthbookFilter,
  type GrowthbookRange,
  type GrowthbookRule,
  growthbookTrackKey,
} from './growthbook-format.js';
import { servedValue } from './served-value.js';

const STEPS = 10_000;

type Arm = readonly [decision: Decision, range: HashRange];

/**
 * The rules of a task, in the order in which `decide` asks. What `decide` leaves out has been left out when the task was
 * compiled.
 */
export function growthbookRules(task: CompiledTask, segments: Segments): GrowthbookRule[] {
  return new RuleWriter(task, segments).write();
}

class RuleWriter {
  private readonly hashAttribute: string;

  constructor(
    private readonly task: CompiledTask,
    private readonly segments: Segments,
  ) {
    this.hashAttribute = growthbookAttribute(task.unitType);
  }

  write(): GrowthbookRule[] {
    return [
      ...this.overrides(),
      ...this.holdout(),
      ...this.experiments(),
      ...this.carried(),
      ...this.rollout(),
    ];
  }

  private overrides(): GrowthbookRule[] {
    return this.task.overridden.flatMap(({ key, variants, overrides }) =>
      variants.flatMap((variant) => {
        const units = [...overrides]
          .filter(([, answer]) => answer.variant === variant.key)
          .map(([unit]) => unit);
        if (units.length === 0) return [];
        const condition = { [this.hashAttribute]: { $in: units.flatMap(spellings) } };
        return [
          this.rule(`override:${key}:${variant.key}`, {
            condition,
            force: servedValue(overrides.get(units[0]!)!)!,
          }),
        ];
      }),
    );
  }

  private holdout(): GrowthbookRule[] {
    const { holdout } = this.task;
    if (!holdout) return [];
    const { salt: seed, range } = holdout;
    return [
      this.rule(`holdout:${holdout.key}`, {
        seed,
        range: fractions(range),
        force: servedValue(holdout.held)!,
      }),
    ];
  }

  private experiments(): GrowthbookRule[] {
    return this.task.experiments
      .filter((experiment) => !experiment.paused && experiment.ranges.length > 0)
      .map((experiment) => {
        const filters = [this.filter(this.task.positionSalt, experiment.ranges)];
        const arms = experiment.variants.flatMap((variant) =>
          variant.ranges.map((range): Arm => [variant.drawn, range]),
        );
        return this.rule(`experiment:${experiment.key}`, {
          ...this.condition(experiment.audience),
          filters,
          ...drawing(growthbookTrackKey('experiment', experiment.key), experiment.salt, arms),
        });
      });
  }

  /** Left out of estimates, so it is forced, which SDKs do not track. */
  private carried(): GrowthbookRule[] {
    const { rollout, positionSalt } = this.task;
    if (!rollout?.carried) return [];
    const { ranges, range, salt, arm } = rollout.carried;
    const filters = [this.filter(positionSalt, ranges), this.filter(salt, [range])];
    return [
      this.rule(`carried:${rollout.key}`, {
        ...this.condition(rollout.audience),
        filters,
        force: servedValue(arm.fresh)!,
      }),
    ];
  }

  private rollout(): GrowthbookRule[] {
    const { rollout } = this.task;
    if (!rollout) return [];
    const { challengerRange, controlRange } = rollout;
    const arms: Arm[] = [
      [rollout.challenger.fresh, challengerRange],
      [rollout.champion.fresh, [challengerRange[1], controlRange[0]]],
      [rollout.control.fresh, controlRange],
    ];
    return [
      this.rule(`rollout:${rollout.key}`, {
        ...this.condition(rollout.audience),
        ...drawing(growthbookTrackKey('rollout', rollout.key), rollout.salt, arms),
      }),
    ];
  }

  private rule(id: string, rest: Partial<GrowthbookRule>): GrowthbookRule {
    return { id, hashAttribute: this.hashAttribute, hashVersion: 2, ...rest };
  }

  private filter(seed: string, ranges: readonly HashRange[]): GrowthbookFilter {
    return { seed, ranges: ranges.map(fractions), hashVersion: 2, attribute: this.hashAttribute };
  }

  /** What cannot be said has been left out when the task was compiled. */
  private condition(audience: Audience | null): { condition?: GrowthbookCondition } {
    const condition = audience && growthbookCondition(audience.condition, this.segments).value;
    return condition ? { condition } : {};
  }
}

function drawing(key: string, seed: string, arms: readonly Arm[]): Partial<GrowthbookRule> {
  // An experiment of one variation is passed over.
  const padded: readonly Arm[] = arms.length > 1 ? arms : [...arms, [arms[0]![0], [STEPS, STEPS]]];
  const variations = padded.map(([decision]) => servedValue(decision)!);
  return {
    key,
    seed,
    variations,
    meta: variations.map((value) => ({ key: value.variant })),
    ranges: padded.map(([, range]) => fractions(range)),
    disableStickyBucketing: true,
  };
}

/**
 * SDKs hash the number 42 as they do the text, but compare strictly. What is not finite would be null in JSON, which
 * there means everybody without an id.
 */
function spellings(unit: string): Array<string | number> {
  const number = Number(unit);
  return Number.isFinite(number) && String(number) === unit ? [unit, number] : [unit];
}

const fractions = ([from, to]: HashRange): GrowthbookRange => [from / STEPS, to / STEPS];
