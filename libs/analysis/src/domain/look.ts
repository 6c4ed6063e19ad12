import type { LookInput, LookResult } from '@app/stats';

/** Why a look was taken. */
export type LookTrigger = 'schedule' | 'request' | 'conclusion' | 'rollout';

/** All that a look was made from; stored as canonical JSON, so that it can be recomputed without the database. */
export interface LookInputs {
  readonly format: 1;
  readonly subjectId: string;
  readonly experiment: string;
  readonly number: number;
  /** RFC 3339. */
  readonly at: string;
  readonly input: LookInput;
}

/** One analysis at one time: immutable. */
export interface Look {
  readonly id: string;
  readonly subjectId: string;
  /** 1, 2, … within its subject. */
  readonly number: number;
  readonly at: Date;
  readonly trigger: LookTrigger;
  /** Canonical JSON of `LookInputs`, and its SHA-256. */
  readonly inputs: string;
  readonly inputsDigest: string;
  readonly estimatorVersion: string;
  readonly result: LookResult;
  /** SHA-256 of the result's canonical JSON, which is what is stored. */
  readonly resultDigest: string;
  readonly createdAt: Date;
}

/** A look without its figures: enough to see how the verdicts went. */
export interface LookSummary {
  readonly number: number;
  readonly at: Date;
  readonly trigger: LookTrigger;
  readonly inputsDigest: string;
  readonly comparisons: ReadonlyArray<{
    readonly control: string;
    readonly treatment: string;
    readonly verdict: LookResult['comparisons'][number]['verdict'];
    readonly reasons: LookResult['comparisons'][number]['reasons'];
  }>;
}
