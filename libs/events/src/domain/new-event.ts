/** A unit an event is about; the type is '' when the sender did not say. */
export interface EventUnit {
  readonly unitType: string;
  readonly unit: string;
}

/**
 * An exposure or an outcome, validated and ready to be stored.
 *
 * `id` is the sender's and makes the event count once per environment. Texts hold no U+0000: Postgres cannot store it,
 * and intake refuses it. Stored times have millisecond resolution.
 */
export interface NewEvent {
  readonly id: string;
  readonly type: 'exposure' | 'outcome';
  readonly task: string | null;
  /** One stored row each. May be empty for an outcome that knows only its inference. */
  readonly units: readonly EventUnit[];
  /** When it happened, by the sender's clock. */
  readonly at: Date;
  /** Event name of an outcome: the `source` of the metrics it feeds. */
  readonly metric: string | null;
  /** Null when the event itself is the measurement. */
  readonly value: number | null;
  /** Experiment or rollout of an exposure. On an outcome without an assignment id: count it for this one only. */
  readonly subjectId: string | null;
  /** Epoch the decision was made in; null when the sender cannot know it (given assignment). */
  readonly epoch: number | null;
  readonly variant: string | null;
  readonly inferenceId: string | null;
  readonly assignmentId: string | null;
  readonly evaluator: string | null;
  readonly evaluatorVersion: string | null;
  readonly servedModel: string | null;
  /**
   * Who sent it. An exposure from `carried` is of a unit that keeps a winner: counted, never estimated with. An outcome from
   * `shadow` is of an answer that nobody was given: in no statistics of what units were given.
   */
  readonly source: string | null;
  readonly comment: string | null;
  readonly attributes: Readonly<Record<string, unknown>> | null;
}

/** `source` of exposures of units that keep the winner of an experiment during its rollout. */
export const CARRIED_SOURCE = 'carried';

/** `source` of outcomes of a request that was sent to another model as well, whose answer nobody was given. */
export const SHADOW_SOURCE = 'shadow';
