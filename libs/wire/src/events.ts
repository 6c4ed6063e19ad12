import { attributes, instant, number, object, oneOf, text, unit, units, type Schema } from './schema.js';

export const EVENT_TYPES = ['exposure', 'outcome'] as const;

/** One event as a caller sends it. */
export interface WireEvent {
  readonly id: string;
  readonly type: (typeof EVENT_TYPES)[number];
  readonly at: string;
  readonly task?: string;
  readonly unit?: string;
  readonly units?: Readonly<Record<string, string>>;
  readonly metric?: string;
  readonly value?: number;
  readonly experiment?: string;
  readonly rollout?: string;
  readonly holdout?: string;
  readonly variant?: string;
  readonly epoch?: number;
  readonly inferenceId?: string;
  readonly assignmentId?: string;
  readonly evaluator?: string;
  readonly evaluatorVersion?: string;
  readonly servedModel?: string;
  readonly source?: string;
  readonly comment?: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** Why one event of a batch was not taken; the others are. */
export const EVENT_REJECTIONS = {
  EVENT_INVALID: 'It is not an object, or a field has the wrong type, is too long or is not known.',
  EVENT_ID_MISSING: '`id` is missing or is not a text of 1 to 200 characters.',
  EVENT_ID_REUSED: 'Another event with this id and another content is stored already.',
  EVENT_TYPE_UNKNOWN: '`type` is neither exposure nor outcome.',
  EVENT_AT_INVALID: '`at` is missing or is not an RFC 3339 time.',
  EVENT_TOO_OLD: '`at` is older than events are kept.',
  EVENT_IN_FUTURE: '`at` is later than now by more than the tolerated clock skew.',
  UNIT_MISSING: 'Neither a unit, an assignmentId nor (for outcomes) an inferenceId says whom it is about.',
  UNIT_MISMATCH: 'The unit is another one than that of the assignmentId.',
  TASK_UNKNOWN: 'No task of this environment has this key.',
  EXPERIMENT_MISSING: 'An exposure names neither an experiment, a rollout, a holdout nor an assignmentId.',
  EXPERIMENT_UNKNOWN: 'No experiment, rollout or holdout that takes events has this key.',
  VARIANT_MISSING: 'An exposure without assignmentId does not say its variant.',
  VARIANT_UNKNOWN: 'The experiment or rollout has no such variant.',
  EPOCH_UNKNOWN: 'The experiment or rollout has not come to this epoch.',
  METRIC_MISSING: 'An outcome does not say what was measured.',
  VALUE_INVALID: '`value` is not a number between -1e30 and 1e30.',
  ATTRIBUTES_INVALID:
    '`attributes` are not texts, numbers, booleans or lists of texts, or there are too many, or one is too long.',
  ATTRIBUTES_TOO_LARGE: 'Names and values of `attributes` have more than 16,384 characters in all.',
  ASSIGNMENT_TOKEN_INVALID:
    'The assignmentId was not issued by this environment or was changed, or its unit cannot be stored.',
} as const;

export type EventRejectionCode = keyof typeof EVENT_REJECTIONS;

export interface EventRejection {
  /** Place in the batch, from 0. */
  readonly index: number;
  readonly code: EventRejectionCode;
  readonly message: string;
}

/** Answer of POST /api/v1/events. */
export interface EventsResponse {
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: readonly EventRejection[];
  /** Events that wait on the edge's disk because the database is away; absent when there are none. */
  readonly spooled?: number;
}

/** Answer of POST /api/v1/events/check. */
export interface EventsCheckResponse {
  readonly acceptable: number;
  readonly rejected: readonly EventRejection[];
}

export const MAX_EVENTS_PER_BATCH = 5000;

export const eventSchema: Schema = object(
  {
    id: text(
      200,
      'Yours, and makes the event count once: send the same id again after a time-out. A UUID is a good choice.',
      '0190a0c0-7b3e-7c2a-9d51-2f6f1f0c9b1a',
    ),
    type: oneOf(
      EVENT_TYPES,
      'exposure: the unit really got the arm. outcome: something was measured.',
      'outcome',
    ),
    at: instant(
      'When it happened (RFC 3339 with an offset). Kept to the millisecond.',
      '2026-01-05T10:00:00.000Z',
    ),
    task: text(
      128,
      'Key of the task. An outcome without one counts for every experiment that measures it.',
      'support-reply',
    ),
    unit,
    units,
    metric: text(
      128,
      'Outcomes: the event name that metrics have as their `source`, for instance "quality".',
      'quality',
    ),
    value: number(
      'Outcomes: what was measured; without it the event itself is the measurement (counts as 1).',
      0.9,
    ),
    experiment: text(
      128,
      'Exposures without assignmentId: key of the experiment. Outcomes: count for this experiment only.',
      'shorter-replies',
    ),
    rollout: text(128, 'Like `experiment`, for a rollout.'),
    holdout: text(128, 'Like `experiment`, for a holdout: its variants are `held` and `open`.'),
    variant: text(128, 'Exposures without assignmentId: the arm the unit got.', 'challenger'),
    epoch: {
      type: 'integer',
      minimum: 1,
      maximum: 2 ** 31 - 1,
      description:
        'Exposures of an SDK, which decides by the ruleset itself: the epoch it decided in. Without it, that in force at `at`.',
      example: 1,
    },
    inferenceId: text(256, 'Id of one model call, to tie later outcomes to it.', 'chatcmpl-7f3a'),
    assignmentId: text(
      4096,
      'The token of the assignment. Proves the exposure and ties the outcome to its arm.',
    ),
    evaluator: text(128, 'Who measured: a judge, a rule, a person.', 'judge-v2'),
    evaluatorVersion: text(128, 'Its version; a change is noticed and noted.', '2026-01-01'),
    servedModel: text(
      256,
      'The model that really answered, as the provider reported it.',
      'gpt-4.1-mini-2025-04-14',
    ),
    source: text(
      128,
      'The sender, for the record. Outcomes from "shadow" are of an answer that nobody was given: in no statistics of an arm, and paired by `inferenceId` with the champion’s in a rollout’s shadow stage.',
      'support-api',
    ),
    comment: text(10_000, 'Free text, kept with the event.'),
    attributes,
  },
  ['id', 'type', 'at'],
);

/** The envelope only: each event is judged on its own, so that one bad event does not cost the batch. */
export const eventsRequestSchema: Schema = object(
  { events: { type: 'array', maxItems: MAX_EVENTS_PER_BATCH, items: eventSchema } },
  ['events'],
  {
    example: {
      events: [
        {
          id: '0190a0c0-7b3e-7c2a-9d51-2f6f1f0c9b1a',
          type: 'outcome',
          task: 'support-reply',
          unit: 'user-42',
          at: '2026-01-05T10:00:00.000Z',
          metric: 'quality',
          value: 0.9,
          evaluator: 'judge-v2',
        },
      ],
    },
  },
);

const rejectedSchema: Schema = {
  type: 'array',
  items: object(
    {
      index: { type: 'integer', description: 'Place in the batch, from 0.', example: 3 },
      code: {
        type: 'string',
        enum: Object.keys(EVENT_REJECTIONS),
        description: Object.entries(EVENT_REJECTIONS)
          .map(([code, meaning]) => `${code}: ${meaning}`)
          .join(' '),
      },
      message: { type: 'string', example: '"qualty" is not a task of production' },
    },
    ['index', 'code', 'message'],
  ),
  example: [],
};

export const eventsCheckResponseSchema: Schema = object(
  {
    acceptable: { type: 'integer', description: 'Events that would be taken.', example: 1 },
    rejected: rejectedSchema,
  },
  ['acceptable', 'rejected'],
);

export const eventsResponseSchema: Schema = object(
  {
    accepted: { type: 'integer', description: 'Events stored now; they are durable.', example: 1 },
    duplicates: { type: 'integer', description: 'Events stored before; counted once.', example: 0 },
    rejected: rejectedSchema,
    spooled: {
      type: 'integer',
      description:
        'Only while the database is away: events that are durable on the disk of the edge and are counted under the same ids when it is back. Whether one was stored before, or its id belongs to another event, is found only then.',
      example: 0,
    },
  },
  ['accepted', 'duplicates', 'rejected'],
);
