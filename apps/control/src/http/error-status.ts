import type { ExperimentErrorCode } from '@app/experiments';
import type { AnalysisErrorCode } from '@app/analysis';
import type { GovernanceErrorCode } from '@app/governance';
import type { HoldoutErrorCode } from '@app/holdouts';
import type { CorrectionErrorCode } from '@app/metrics';
import type { NotificationErrorCode } from '@app/notifications';
import type { RegistryErrorCode } from '@app/registry';
import type { RolloutErrorCode } from '@app/rollouts';
import type { SegmentErrorCode } from '@app/segments';
import type { SubjectErrorCode } from '@app/subjects';
import type { ControlErrorCode } from './control.errors.js';

/** Every code the control plane can answer. Add a capability's union here and its rows to docs/errors.md. */
export type ErrorCode =
  | ControlErrorCode
  | CorrectionErrorCode
  | ExperimentErrorCode
  | GovernanceErrorCode
  | HoldoutErrorCode
  | NotificationErrorCode
  | RegistryErrorCode
  | RolloutErrorCode
  | SegmentErrorCode
  | SubjectErrorCode
  | AnalysisErrorCode;

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

  WEBHOOK_UNKNOWN: 404,
  WEBHOOK_URL_NOT_VALID: 422,

  MODEL_UNKNOWN: 404,
  MODEL_REFERENCE_NOT_VALID: 400,
  TASK_UNKNOWN: 404,
  TASK_HAS_TRAFFIC: 409,
  FALLBACKS_REPEAT: 422,
  METRIC_UNKNOWN: 404,
  METRIC_NOT_CONSISTENT: 422,
  RATIO_NEEDS_NUMERATOR: 422,
  QUANTILE_NEEDS_LEVEL: 422,
  BOUNDS_NOT_ORDERED: 422,

  SUBJECT_UNKNOWN: 404,
  EVENTS_DROPPED: 409,

  SEGMENT_UNKNOWN: 404,
  SEGMENT_IN_USE: 409,
  SEGMENT_NESTING: 422,

  HOLDOUT_UNKNOWN: 404,
  HOLDOUT_OVERLAPS: 409,
  HOLDOUT_NEEDS_CHAMPION: 409,
  HOLDOUT_UNITS_DIFFER: 422,

  EXPERIMENT_UNKNOWN: 404,
  STATE_NOT_ALLOWED: 409,
  REVISION_MISMATCH: 412,
  PLAN_IS_FIXED: 409,
  CONTROL_MISSING: 422,
  CONTROL_REPEATED: 422,
  VARIANTS_TOO_FEW: 422,
  VARIANT_REPEATED: 422,
  VARIANT_UNKNOWN: 422,
  VARIANT_NEEDED: 422,
  WEIGHTS_NOT_VALID: 422,
  METRIC_REPEATED: 422,
  MDE_MISSING: 422,
  METRIC_FIELDS_NOT_ALLOWED: 422,
  METRIC_HAS_NO_DIRECTION: 422,
  METRIC_NOT_DECIDABLE: 422,
  METRIC_UNIT_MISMATCH: 422,
  SUCCESS_METRIC_MISSING: 422,
  AUDIENCE_NOT_VALID: 422,
  DATES_NOT_ORDERED: 422,
  END_HAS_PASSED: 422,
  START_HAS_PASSED: 422,
  TRAFFIC_NOT_AVAILABLE: 409,
  PREREQUISITE_NOT_VALID: 422,
  PREREQUISITE_UNIT_MISMATCH: 422,
  PREREQUISITE_CYCLE: 409,
  SCHEME_CANNOT_EXPRESS: 422,
  POWER_NOT_POSSIBLE: 422,

  NO_LOOK_YET: 404,
  LOOK_NOT_POSSIBLE: 409,
  LOOK_NOT_TAKEN: 504,
  DIMENSION_UNKNOWN: 422,

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
