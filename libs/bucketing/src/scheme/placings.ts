import { HASH_SPACE, type HashRange } from '../ranges/hash-range.js';
import { type HashScheme, type RulesetTask, subjectRef } from '../ruleset.js';
import { fnv1aAfter, fnv1aOfDecimal, fnv1aPrefix } from '../hash/fnv1a.js';
import {
  murmur3Absorb,
  murmur3After,
  murmur3Bits,
  type Murmur3Prefix,
  murmur3Start,
} from '../hash/murmur3.js';
import { saltPrefix } from '../hash/position.js';

/** Where units stand in a space of so many positions. */
export interface Placing {
  /** Positions are whole numbers in [0, space). */
  readonly space: number;
  of(unit: string): number;
  /**
   * `of(unit) - bias`, a number that engines need not box: of 2^32 positions half do not fit a small integer, unless
   * they are counted from −2^31. What is compared with it must be lowered by `bias` as well.
   */
  biased(unit: string): number;
  readonly bias: number;
}

/** The questions a task asks of a unit, each answered by a hash of its own. */
export interface SchemePlacings {
  /** Whose stretch of the task's traffic a unit stands in. */
  task(task: Pick<RulesetTask, 'key' | 'positionSalt' | 'experiments'>): Placing;
  variant(experiment: { readonly key: string; readonly salt: string }): Placing;
  rollout(rollout: { readonly key: string; readonly salt: string }): Placing;
  holdout(holdout: { readonly salt: string }): Placing;
}

const UNLEASH_VARIANT_SEED = 86028157;

/**
 * Unleash's `groupId` of a rollout's arms. Not its key: that is the key of the experiment it came from, and units would be
 * given the arms of the rollout by the arms they had in the experiment.
 */
export const unleashRolloutGroup = (rollout: { readonly key: string }): string =>
  subjectRef('rollout', rollout.key);

/** `native-v1`: see `position`. */
class NativePlacing implements Placing {
  // The parts of the prefix, not the prefix: one object fewer to wait for.
  private readonly h: number;
  private readonly tail: number;
  private readonly shift: number;
  private readonly length: number;

  constructor(salt: string) {
    const { h, tail, shift, length } = saltPrefix(salt);
    this.h = h;
    this.tail = tail;
    this.shift = shift;
    this.length = length;
  }

  get space(): number {
    return HASH_SPACE;
  }

  get bias(): number {
    return HASH_SPACE / 2;
  }

  of(unit: string): number {
    return this.biased(unit) + HASH_SPACE / 2;
  }

  biased(unit: string): number {
    return murmur3Bits(this.h, this.tail, this.shift, this.length, unit) ^ 0x80000000;
  }
}

/**
 * As Unleash's clients: MurmurHash3 over `groupId:id`, seed 0 and hundredths for a percentage, another seed and
 * thousandths for variants. The client adds 1 and asks for ≤; counted from 0 and with < it is the same.
 *
 * @see https://github.com/Unleash/unleash-node-sdk/blob/main/src/strategy/util.ts
 */
class UnleashPlacing implements Placing {
  readonly bias = 0;
  private readonly prefix: Murmur3Prefix;

  constructor(
    groupId: string,
    seed: number,
    readonly space: number,
  ) {
    this.prefix = murmur3Absorb(murmur3Start(seed), `${groupId}:`);
  }

  of(unit: string): number {
    return murmur3After(this.prefix, unit) % this.space;
  }

  biased(unit: string): number {
    return this.of(unit);
  }
}

/**
 * As GrowthBook's SDKs, hash version 2: fnv1a(fnv1a(seed + id) + "") % 10000.
 *
 * @see https://docs.growthbook.io/lib/build-your-own (hash)
 */
class GrowthbookPlacing implements Placing {
  readonly space = 10_000;
  readonly bias = 0;
  private readonly prefix: number;

  constructor(seed: string) {
    this.prefix = fnv1aPrefix(seed);
  }

  of(unit: string): number {
    return fnv1aOfDecimal(fnv1aAfter(this.prefix, unit) >>> 0) % this.space;
  }

  biased(unit: string): number {
    return this.of(unit);
  }
}

export const SCHEME_PLACINGS: Readonly<Record<HashScheme, SchemePlacings>> = {
  'native-v1': {
    task: (task) => new NativePlacing(task.positionSalt),
    variant: (experiment) => new NativePlacing(experiment.salt),
    rollout: (rollout) => new NativePlacing(rollout.salt),
    holdout: (holdout) => new NativePlacing(holdout.salt),
  },
  // One experiment a task at most: whether a unit takes part is its strategy's percentage, under its own group.
  unleash: {
    task: (task) => new UnleashPlacing(drawing(task)?.key ?? task.key, 0, 100),
    variant: (experiment) => new UnleashPlacing(experiment.key, UNLEASH_VARIANT_SEED, 1000),
    rollout: (rollout) => new UnleashPlacing(unleashRolloutGroup(rollout), UNLEASH_VARIANT_SEED, 1000),
    holdout: (holdout) => new UnleashPlacing(holdout.salt, 0, 100),
  },
  'growthbook-v2': {
    task: (task) => new GrowthbookPlacing(task.positionSalt),
    variant: (experiment) => new GrowthbookPlacing(experiment.salt),
    rollout: (rollout) => new GrowthbookPlacing(rollout.salt),
    holdout: (holdout) => new GrowthbookPlacing(holdout.salt),
  },
};

/** The first experiment that owns any of a task's traffic. */
export function drawing<E extends RulesetTask['experiments'][number]>(task: {
  readonly experiments: readonly E[];
}): E | undefined {
  return task.experiments.find((one) => one.ranges.some(([from, to]) => to > from));
}

/** Stretches of the 32-bit space in the positions of a coarser one. Edits leave boundaries a hair off; rounding mends it. */
export function inSpace(ranges: readonly HashRange[], space: number): HashRange[] {
  if (space === HASH_SPACE) return [...ranges];
  const step = (position: number): number => Math.round((position / HASH_SPACE) * space);
  return ranges.map(([from, to]) => [step(from), step(to)]);
}
