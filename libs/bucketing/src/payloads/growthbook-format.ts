import { subjectRef } from '../ruleset.js';
import type { GrowthbookCondition } from './growthbook-condition.js';
import type { ServedValue } from './served-value.js';

/** A feature as GrowthBook's SDKs read it (`features` of `GET /api/features/:key`). */
export interface GrowthbookFeature {
  /** null while no champion is set. */
  readonly defaultValue: ServedValue | null;
  readonly rules: readonly GrowthbookRule[];
}

/** Fractions of an SDK's 10,000 positions, [from, to). */
export type GrowthbookRange = readonly [from: number, to: number];

export interface GrowthbookFilter {
  readonly seed: string;
  readonly ranges: readonly GrowthbookRange[];
  readonly hashVersion: 2;
  readonly attribute: string;
}

/**
 * A rule that forces a value, or one that runs an experiment and is tracked under `key` (`growthbookTrackKey`) and
 * `meta[].key`.
 */
export interface GrowthbookRule {
  readonly id: string;
  readonly condition?: GrowthbookCondition;
  readonly filters?: readonly GrowthbookFilter[];
  readonly hashAttribute: string;
  readonly hashVersion: 2;
  readonly seed?: string;
  readonly force?: ServedValue;
  readonly range?: GrowthbookRange;
  readonly key?: string;
  readonly variations?: readonly ServedValue[];
  /** An arm that edits have cut in pieces is listed once per piece, under one key. */
  readonly meta?: ReadonlyArray<{ readonly key: string }>;
  readonly ranges?: readonly GrowthbookRange[];
  /** Sticky buckets would keep units where the rules no longer want them. */
  readonly disableStickyBucketing?: true;
}

/** Attribute of a GrowthBook context that names a unit of a type. */
export function growthbookAttribute(unitType: string): string {
  return unitType === 'user' ? 'id' : unitType;
}

/**
 * What SDKs track an arm under: an experiment's key, `rollout:<key>` for a rollout. The two may have one key, and an SDK
 * tracks an arm of a key once.
 */
export function growthbookTrackKey(kind: 'experiment' | 'rollout', key: string): string {
  return kind === 'experiment' ? key : subjectRef(kind, key);
}
