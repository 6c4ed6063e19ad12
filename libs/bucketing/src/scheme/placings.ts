import { HASH_SPACE, type HashRange } from '../ranges/hash-range.js';
import type { HashScheme, RulesetTask } from '../ruleset.js';
import { fnv1aAfter, fnv1aOfDecimal, fnv1aPrefix } from '../hash/fnv1a.js';
import { murmur3Absorb, murmur3After, murmur3Start } from '../hash/murmur3.js';
import { positioner } from '../hash/position.js';

/** Where units stand in a space of so many positions. */
export interface Placing {
  /** Positions are whole numbers in [0, space). */
  readonly space: number;
  readonly of: (unit: string) => number;
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

/** `native-v1`: see `position`. */
const native = (salt: string): Placing => ({ space: HASH_SPACE, of: positioner(salt) });

/**
 * As Unleash's clients: MurmurHash3 over `groupId:id`, seed 0 and hundredths for a percentage, another seed and
 * thousandths for variants. The client adds 1 and asks for ≤; counted from 0 and with < it is the same.
 *
 * @see https://github.com/Unleash/unleash-node-sdk/blob/main/src/strategy/util.ts
 */
function unleash(groupId: string, seed: number, space: number): Placing {
  const prefix = murmur3Absorb(murmur3Start(seed), `${groupId}:`);
  return { space, of: (unit) => murmur3After(prefix, unit) % space };
}

/**
 * As GrowthBook's SDKs, hash version 2: fnv1a(fnv1a(seed + id) + "") % 10000.
 *
 * @see https://docs.growthbook.io/lib/build-your-own (hash)
 */
function growthbook(seed: string): Placing {
  const prefix = fnv1aPrefix(seed);
  return { space: 10_000, of: (unit) => fnv1aOfDecimal(fnv1aAfter(prefix, unit) >>> 0) % 10_000 };
}

export const SCHEME_PLACINGS: Readonly<Record<HashScheme, SchemePlacings>> = {
  'native-v1': {
    task: (task) => native(task.positionSalt),
    variant: (experiment) => native(experiment.salt),
    rollout: (rollout) => native(rollout.salt),
    holdout: (holdout) => native(holdout.salt),
  },
  // One experiment a task at most: whether a unit takes part is its strategy's percentage, under its own group.
  unleash: {
    task: (task) => unleash(drawing(task)?.key ?? task.key, 0, 100),
    variant: (experiment) => unleash(experiment.key, UNLEASH_VARIANT_SEED, 1000),
    rollout: (rollout) => unleash(rollout.key, UNLEASH_VARIANT_SEED, 1000),
    holdout: (holdout) => unleash(holdout.salt, 0, 100),
  },
  'growthbook-v2': {
    task: (task) => growthbook(task.positionSalt),
    variant: (experiment) => growthbook(experiment.salt),
    rollout: (rollout) => growthbook(rollout.salt),
    holdout: (holdout) => growthbook(holdout.salt),
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
