import type { Condition, HashScheme } from '@app/bucketing';

/** A named audience. Conditions refer to it by `{ segment: key }` and follow its changes. */
export interface Segment {
  readonly key: string;
  readonly name: string;
  readonly description: string | null;
  readonly condition: Condition;
  /** Goes up by one at every change; the ETag of the API. */
  readonly revision: number;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Who refers to a segment, directly or through another segment. */
export interface SegmentUser {
  readonly type: 'experiment' | 'rollout' | 'segment';
  readonly key: string;
  /** Of an experiment or rollout; null for a segment, which belongs to all of them. */
  readonly environment: string | null;
  readonly state: string | null;
  /** Id of the subject whose units we assign by it now; null for drafts, given ones and segments. */
  readonly assigns: string | null;
  /** Scheme of its task and its audience; null for a segment. */
  readonly hashScheme: HashScheme | null;
  readonly audience: Condition | null;
}
