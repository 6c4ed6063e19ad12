import { instant, number, object, oneOf, text, unit, type Schema } from './schema.js';

/** Body of POST /api/v1/feedback. */
export interface FeedbackRequest {
  readonly id?: string;
  readonly inferenceId?: string;
  readonly assignmentId?: string;
  readonly task?: string;
  readonly unit?: string;
  readonly thumb?: 'up' | 'down';
  readonly rating?: number;
  readonly comment?: string;
  readonly at?: string;
}

/** Answer of POST /api/v1/feedback. */
export interface FeedbackResponse {
  readonly id: string;
  readonly duplicate: boolean;
  readonly spooled?: boolean;
}

/** Event names (`source` of metrics) that feedback becomes outcomes of. */
export const FEEDBACK_METRICS = {
  /** 1 for a thumb up, 0 for a thumb down. */
  thumb: 'feedback',
  /** The number given. */
  rating: 'rating',
} as const;

export const feedbackRequestSchema: Schema = object(
  {
    inferenceId: text(256, 'The model call the feedback is about.', 'chatcmpl-7f3a'),
    assignmentId: text(4096, 'Or the assignment it is about.'),
    task: text(128, 'Or the task, together with `unit`.', 'support-reply'),
    unit,
    thumb: oneOf(['up', 'down'], 'Becomes an outcome named `feedback`: up 1, down 0.', 'up'),
    rating: number('Becomes an outcome named `rating`.', 4),
    comment: text(10_000, 'Kept with the outcome.', 'Solved it at once.'),
    id: text(200, 'Yours, so that a repeated call counts once; without it one is made.', 'feedback-1009'),
    at: instant('When it was given; default now.', '2026-01-05T10:00:00.000Z'),
  },
  [],
  {
    // The descriptions are what a caller reads who does not keep to them.
    allOf: [
      {
        description: 'needs a thumb or a rating, and not both',
        oneOf: [{ required: ['thumb'] }, { required: ['rating'] }],
      },
      {
        description: 'needs an inferenceId, an assignmentId, or a task with its unit',
        anyOf: [
          { required: ['inferenceId'] },
          { required: ['assignmentId'] },
          { required: ['task', 'unit'] },
        ],
      },
    ],
    example: { task: 'support-reply', unit: 'user-42', thumb: 'up', comment: 'Solved it at once.' },
  },
);

export const feedbackResponseSchema: Schema = object(
  {
    id: { type: 'string', description: 'Id of the outcome it became.', example: 'feedback-1009' },
    duplicate: {
      type: 'boolean',
      description: 'It was known already and still counts once.',
      example: false,
    },
    spooled: {
      type: 'boolean',
      description:
        'Only while the database is away: it is durable on the disk of the edge and is counted later.',
      example: true,
    },
  },
  ['id', 'duplicate'],
);
