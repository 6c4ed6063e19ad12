import { object, text, unit, units, type Schema } from './schema.js';

/** Evaluation context of OFREP 0.3: `targetingKey` is the unit, everything else an attribute. */
export interface OfrepRequest {
  readonly context: {
    readonly targetingKey?: string;
    readonly units?: Readonly<Record<string, string>>;
    readonly [attribute: string]: unknown;
  };
}

/** One evaluation; `value` is missing where the caller's own default is to be used. */
export interface OfrepEvaluation {
  readonly key: string;
  readonly value?: string;
  readonly reason: 'STATIC' | 'TARGETING_MATCH' | 'SPLIT' | 'DISABLED' | 'UNKNOWN';
  readonly variant?: string;
  readonly metadata: Readonly<Record<string, string | number | boolean>>;
}

export interface OfrepFailure {
  readonly key: string;
  readonly errorCode:
    'FLAG_NOT_FOUND' | 'TARGETING_KEY_MISSING' | 'PARSE_ERROR' | 'INVALID_CONTEXT' | 'GENERAL';
  readonly errorDetails: string;
}

export interface OfrepBulkResponse {
  readonly flags: ReadonlyArray<OfrepEvaluation | OfrepFailure>;
  readonly metadata: Readonly<Record<string, string | number>>;
  readonly eventStreams: ReadonlyArray<{
    readonly type: 'sse';
    readonly endpoint: { readonly requestUri: string };
    readonly inactivityDelaySec: number;
  }>;
}

const contextSchema: Schema = {
  type: 'object',
  maxProperties: 256,
  properties: { targetingKey: unit, units },
  additionalProperties: true,
  description:
    'OpenFeature evaluation context: `targetingKey` is the unit, `units` ids by unit type, everything else an attribute for audiences. What no audience can use (objects, very long texts, more than 64) is left out, not refused.',
  example: { targetingKey: 'user-42', plan: 'pro' },
};

export const ofrepRequestSchema: Schema = {
  ...object({ context: contextSchema }, ['context'], {
    example: { context: { targetingKey: 'user-42', plan: 'pro' } },
  }),
  // What later versions of the protocol add is not ours to refuse.
  additionalProperties: true,
};

const metadataSchema: Schema = {
  type: 'object',
  additionalProperties: { anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }] },
  description:
    'model, modelVersion, provider, modelName, parameters (JSON), source, contenderReason, experiment or rollout, propensity, assignmentId.',
};

export const ofrepEvaluationSchema: Schema = object(
  {
    key: text(128, 'Key of the task.', 'support-reply'),
    value: {
      type: 'string',
      description: 'key@version of the model that serves; missing: use your default.',
      example: 'fast-model@2',
    },
    reason: {
      type: 'string',
      enum: ['STATIC', 'TARGETING_MATCH', 'SPLIT', 'DISABLED', 'UNKNOWN'],
      example: 'SPLIT',
    },
    variant: {
      type: 'string',
      description: 'The assigned arm; missing outside experiments and rollouts.',
      example: 'challenger',
    },
    metadata: metadataSchema,
  },
  ['key', 'reason', 'metadata'],
);

export const ofrepFailureSchema: Schema = object(
  {
    key: { type: 'string', example: 'support-reply' },
    errorCode: {
      type: 'string',
      enum: ['FLAG_NOT_FOUND', 'TARGETING_KEY_MISSING', 'PARSE_ERROR', 'INVALID_CONTEXT', 'GENERAL'],
      example: 'FLAG_NOT_FOUND',
    },
    errorDetails: { type: 'string', example: 'there is no task support-reply in production' },
  },
  ['errorCode', 'errorDetails'],
);

export const ofrepBulkSchema: Schema = object(
  {
    flags: {
      type: 'array',
      items: { anyOf: [ofrepEvaluationSchema, ofrepFailureSchema] },
    },
    metadata: metadataSchema,
    eventStreams: {
      type: 'array',
      items: { type: 'object', additionalProperties: true },
      description: 'Where a provider hears that it should ask again.',
    },
  },
  ['flags', 'metadata', 'eventStreams'],
);
