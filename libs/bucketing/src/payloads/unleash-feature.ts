import type { CompiledRuleset, CompiledTask } from '../decide/compiled.js';
import type { Decision } from '../decide/decision.js';
import { unleashRolloutGroup } from '../scheme/placings.js';
import type { Audience } from '../targeting/audience.js';
import type { Segments } from '../targeting/segments.js';
import { servedValue } from './served-value.js';
import { unleashAlternatives, type UnleashConstraint } from './unleash-constraints.js';
import { unleashUnitField } from './unleash-unit.js';

/** A toggle as Unleash's client features API has it (`GET /api/client/features`). */
export interface UnleashFeature {
  readonly name: string;
  readonly type: 'experiment';
  readonly enabled: boolean;
  readonly stale: false;
  readonly impressionData: false;
  readonly project: 'default';
  readonly strategies: readonly UnleashStrategy[];
  readonly variants: readonly never[];
  readonly dependencies: readonly never[];
}

/** The first strategy that holds answers, by one of its variants. */
export interface UnleashStrategy {
  readonly name: 'flexibleRollout' | 'default';
  readonly parameters: Readonly<Record<string, string>>;
  readonly constraints: readonly UnleashConstraint[];
  readonly variants: readonly UnleashVariant[];
}

export interface UnleashVariant {
  readonly name: string;
  /** Thousandths; those of a strategy sum to 1000. An arm that edits have cut in pieces is listed once per piece. */
  readonly weight: number;
  readonly stickiness: string;
  /** `ServedValue` as a JSON text. */
  readonly payload: { readonly type: 'json'; readonly value: string };
}

/**
 * A task as a toggle for SDKs that evaluate on their own: an ordered list of strategies that answers every unit as
 * `decide` does, for ASCII ids (clients hash other ids differently). What `decide` leaves out is left out here too.
 *
 * Without a champion, units nobody wants see the toggle as off.
 *
 * @returns null when there is no such task, or when it has another hash scheme, which these SDKs cannot evaluate
 */
export function unleashFeature(compiled: CompiledRuleset, taskKey: string): UnleashFeature | null {
  const task = compiled.tasks.get(taskKey);
  if (!task || task.hashScheme !== 'unleash') return null;
  const strategies = new StrategyWriter(task, compiled.ruleset.segments ?? {}).write();
  return {
    name: task.key,
    type: 'experiment',
    // A toggle without strategies would be on for everybody.
    enabled: strategies.length > 0,
    stale: false,
    impressionData: false,
    project: 'default',
    strategies,
    variants: [],
    dependencies: [],
  };
}

/** A stretch of a strategy's thousandths and what it answers. */
type Arm = readonly [decision: Decision, from: number, to: number];

class StrategyWriter {
  private readonly stickiness: string;

  constructor(
    private readonly task: CompiledTask,
    private readonly segments: Segments,
  ) {
    this.stickiness = unleashUnitField(task.unitType);
  }

  write(): UnleashStrategy[] {
    const { task } = this;
    if (!task.enabled || task.killedBy !== null) return this.champion(task.answers.disabled);
    return [
      ...this.overrides(),
      ...this.holdout(),
      ...this.experiment(),
      ...this.rollout(),
      ...this.champion(task.answers.default),
    ];
  }

  private overrides(): UnleashStrategy[] {
    return this.task.overridden.flatMap(({ variants, overrides }) =>
      variants.flatMap((variant) => {
        const values = [...overrides]
          .filter(([, answer]) => answer.variant === variant.key)
          .map(([unit]) => unit);
        if (values.length === 0) return [];
        const named = {
          contextName: this.stickiness,
          operator: 'IN',
          values,
          inverted: false,
          caseInsensitive: false,
        };
        return [this.strategy(this.task.key, 100, [named], [[overrides.get(values[0]!)!, 0, 1000]])];
      }),
    );
  }

  private holdout(): UnleashStrategy[] {
    const { holdout } = this.task;
    if (!holdout || holdout.range[1] === 0) return [];
    return [this.strategy(holdout.salt, holdout.range[1], [], [[holdout.held, 0, 1000]])];
  }

  private experiment(): UnleashStrategy[] {
    const { lone } = this.task;
    if (!lone || lone.paused) return [];
    const percentage = lone.ranges[0]![1];
    const arms = lone.variants.flatMap((variant) =>
      variant.ranges.map(([from, to]): Arm => [variant.drawn, from, to]),
    );
    return this.alternatives(lone.audience).map((constraints) =>
      this.strategy(lone.key, percentage, constraints, arms),
    );
  }

  private rollout(): UnleashStrategy[] {
    const { rollout } = this.task;
    if (!rollout) return [];
    const { challengerRange, controlRange } = rollout;
    const arms: Arm[] = [
      [rollout.challenger.fresh, 0, challengerRange[1]],
      [rollout.champion.fresh, challengerRange[1], controlRange[0]],
      [rollout.control.fresh, controlRange[0], controlRange[1]],
    ];
    return this.alternatives(rollout.audience).map((constraints) =>
      this.strategy(unleashRolloutGroup(rollout), 100, constraints, arms),
    );
  }

  private champion(decision: Decision): UnleashStrategy[] {
    if (decision.model === null) return [];
    const { variants } = this.strategy(this.task.key, 100, [], [[decision, 0, 1000]]);
    // Also for those who name no unit, whom a gradual rollout would turn away.
    return [{ name: 'default', parameters: {}, constraints: [], variants }];
  }

  /** What cannot be said has been left out when the task was compiled. */
  private alternatives(audience: Audience | null): ReadonlyArray<readonly UnleashConstraint[]> {
    return unleashAlternatives(audience && audience.condition, this.segments).value ?? [];
  }

  private strategy(
    groupId: string,
    percentage: number,
    constraints: readonly UnleashConstraint[],
    arms: readonly Arm[],
  ): UnleashStrategy {
    const { stickiness } = this;
    const variants = [...arms]
      .sort((a, b) => a[1] - b[1])
      .filter(([, from, to]) => to > from)
      .map(([decision, from, to]): UnleashVariant => {
        const value = servedValue(decision)!;
        const payload = { type: 'json', value: JSON.stringify(value) } as const;
        return { name: value.variant, weight: to - from, stickiness, payload };
      });
    const parameters = { rollout: String(percentage), stickiness, groupId };
    return { name: 'flexibleRollout', parameters, constraints, variants };
  }
}
