import { object, type Schema } from './schema.js';

/** RFC 9457 problem details, as both planes answer them. */
export interface WireProblem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors?: ReadonlyArray<{ readonly field: string; readonly message: string }>;
  readonly requestId: string;
}

/** Every code the data plane answers a whole request with, and its status. */
export const DATA_PLANE_ERRORS = {
  BODY_NOT_JSON: 400,
  BODY_NOT_UTF8: 400,
  BODY_NOT_GZIP: 400,
  BODY_TOO_LARGE: 413,
  BODY_INCOMPLETE: 400,
  BATCH_TOO_LARGE: 413,
  MEDIA_TYPE_NOT_SUPPORTED: 415,
  ENCODING_NOT_SUPPORTED: 415,
  VALIDATION_FAILED: 400,
  API_KEY_MISSING: 401,
  API_KEY_NOT_VALID: 401,
  ROLE_NOT_ALLOWED: 403,
  ROUTE_UNKNOWN: 404,
  METHOD_NOT_ALLOWED: 405,
  TASK_UNKNOWN: 404,
  SCHEME_NOT_LOCAL: 409,
  EVENT_REJECTED: 422,
  INTAKE_BUSY: 429,
  STREAMS_EXHAUSTED: 429,
  RULESET_MISSING: 503,
  STORE_UNAVAILABLE: 503,
  SPOOL_FULL: 503,
  INTERNAL: 500,
} as const;

export type DataPlaneErrorCode = keyof typeof DATA_PLANE_ERRORS;

export const problemSchema: Schema = object(
  {
    type: { type: 'string', example: 'urn:contender:error:VALIDATION_FAILED' },
    title: { type: 'string', example: 'Validation failed' },
    status: { type: 'integer', example: 400 },
    code: {
      type: 'string',
      description: 'Stable code, listed in docs/errors.md.',
      example: 'VALIDATION_FAILED',
    },
    detail: { type: 'string', example: '/tasks must be an array' },
    errors: {
      type: 'array',
      items: object({ field: { type: 'string' }, message: { type: 'string' } }, ['field', 'message']),
    },
    requestId: { type: 'string', description: 'Quote this when you ask for help.' },
  },
  ['type', 'title', 'status', 'code', 'detail', 'requestId'],
);
