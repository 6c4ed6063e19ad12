import type { GovernanceErrorCode } from '@app/governance';
import type { RegistryErrorCode } from '@app/registry';
import type { RolloutErrorCode } from '@app/rollouts';
import type { SubjectErrorCode } from '@app/subjects';
import type { ControlErrorCode } from './control.errors.js';

/** Every code the control plane can answer. Add a capability's union here and its rows to docs/errors.md. */
export type ErrorCode =
  ControlErrorCode | GovernanceErrorCode | RegistryErrorCode | RolloutErrorCode | SubjectErrorCode;

/** The status of every code; docs/errors.md lists the same, and a spec compares them. */
export const errorStatus: Record<ErrorCode, number> = {
  VALIDATION_FAILED: 400,
  BODY_NOT_JSON: 400,
  BODY_TOO_LARGE: 413,
  MEDIA_TYPE_NOT_SUPPORTED: 415,
  REQUEST_NOT_VALID: 400,
  ROUTE_UNKNOWN: 404,
  IF_MATCH_MISSING: 428,
  IF_MATCH_NOT_VALID: 400,
  IDEMPOTENCY_KEY_NOT_VALID: 400,
  IDEMPOTENCY_KEY_REUSED: 422,
  CLOCK_NOT_VIRTUAL: 409,
  CLOCK_BACKWARDS: 409,
  CLOCK_NOT_SETTLED: 504,
  DATABASE_UNAVAILABLE: 503,
  SCHEMA_OUTDATED: 503,
  INTERNAL: 500,

  API_KEY_MISSING: 401,
  API_KEY_NOT_VALID: 401,
  API_KEY_REVOKED: 401,
  API_KEY_UNKNOWN: 404,
  ROLE_NOT_ALLOWED: 403,
  ENVIRONMENT_NOT_ALLOWED: 403,
  ENVIRONMENT_UNKNOWN: 404,
  SERVICE_KEY_NEEDS_ENVIRONMENT: 422,
  LAST_ADMIN_KEY: 409,
  KEY_TAKEN: 409,
  CURSOR_NOT_VALID: 400,

  MODEL_UNKNOWN: 404,
  MODEL_REFERENCE_NOT_VALID: 400,
  TASK_UNKNOWN: 404,
  TASK_HAS_TRAFFIC: 409,
  SCHEME_NOT_AVAILABLE: 422,
  FALLBACKS_REPEAT: 422,
  METRIC_UNKNOWN: 404,
  METRIC_NOT_CONSISTENT: 422,
  RATIO_NEEDS_NUMERATOR: 422,
  QUANTILE_NEEDS_LEVEL: 422,
  BOUNDS_NOT_ORDERED: 422,

  SUBJECT_UNKNOWN: 404,

  PROMOTE_REFUSED: 409,
  REASON_REQUIRED: 422,
  ROLLOUT_ALREADY_ACTIVE: 409,
  ROLLOUT_COOLING_DOWN: 409,
  ROLLOUT_PLAN_INVALID: 422,
  STAGE_MARGIN_TOO_WIDE: 422,
  ROLLOUT_UNKNOWN: 404,
  ROLLOUT_CONFLICT: 409,
  ROLLOUT_TRANSITION_REFUSED: 409,
  ROLLOUT_ADVANCE_REFUSED: 409,
  PROMOTE_NOT_PROVEN: 409,
  APPROVAL_NEEDS_PERSON: 403,
  APPROVAL_NOT_NEEDED: 409,
};
