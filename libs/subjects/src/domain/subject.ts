import type { SubjectKind } from '@app/bucketing';

/** Anything whose units are measured in arms: an experiment, a rollout or a holdout. Its id is theirs. */
export interface Subject {
  readonly id: string;
  readonly kind: SubjectKind;
  readonly key: string;
  readonly environment: string;
  readonly task: string;
  /** Other tasks whose outcomes count as well; a holdout may have several. */
  readonly furtherTasks: readonly string[];
  readonly unitType: string;
  /** `platform`: we assign; `given`: exposures carry the arm. */
  readonly assignment: 'platform' | 'given';
  readonly covariates: readonly string[];
  readonly dimensions: readonly string[];
  readonly openedAt: Date;
  /** Exposures after this do not count; null while it is open. */
  readonly exposuresUntil: Date | null;
  /** Outcomes after this do not count; null while it is open. */
  readonly outcomesUntil: Date | null;
}

export type NewSubject = Omit<Subject, 'furtherTasks' | 'exposuresUntil' | 'outcomesUntil'> &
  Partial<Pick<Subject, 'furtherTasks'>>;

/** A stretch with unchanged weights, share, arms, audience and stage. */
export interface Epoch {
  /** From 1, without gaps. */
  readonly number: number;
  readonly openedAt: Date;
  readonly reason: string;
  /** Relative weight of each arm. */
  readonly weights: Readonly<Record<string, number>>;
  /** Everything else that was in force, for people and audits. */
  readonly shape: Readonly<Record<string, unknown>>;
}

export type NewEpoch = Omit<Epoch, 'number'>;
