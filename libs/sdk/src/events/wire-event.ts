import { exposureId } from '@app/bucketing';
import type { Arm } from '../exposures/arms.js';

/** An event as POST /api/v1/events takes it. */
export interface WireEvent {
  readonly id: string;
  readonly type: 'exposure' | 'outcome';
  /** RFC 3339. */
  readonly at: string;
  readonly task?: string;
  readonly unit?: string;
  readonly units?: Readonly<Record<string, string>>;
  readonly experiment?: string;
  readonly rollout?: string;
  readonly holdout?: string;
  readonly variant?: string;
  readonly epoch?: number;
  readonly metric?: string;
  readonly value?: number;
  readonly source?: string;
  readonly comment?: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** An exposure that waits: its id and its text are made when it is sent, not in the caller's call. */
export interface WaitingExposure {
  readonly arm: Arm;
  readonly environment: string;
  readonly unit: string;
  readonly atMs: number;
  readonly attributes: Readonly<Record<string, unknown>> | null;
}

/** `source` of the exposures of an SDK. */
export const EXPOSURE_SOURCE = 'sdk';
/** `source` by which the platform knows units that keep a winner: counted, left out of estimates. */
const CARRIED_SOURCE = 'carried';

export function exposureEvent({ arm, environment, unit, atMs, attributes }: WaitingExposure): WireEvent {
  const { kind, key, epoch, variant } = arm;
  return {
    id: exposureId({ environment, kind, key, epoch, unit, variant }),
    type: 'exposure',
    at: new Date(atMs).toISOString(),
    // A holdout's unit is in the same arm on all of its tasks.
    ...(kind !== 'holdout' && { task: arm.task }),
    unit,
    [kind]: key,
    variant,
    epoch,
    source: arm.carried ? CARRIED_SOURCE : EXPOSURE_SOURCE,
    ...(attributes !== null && { attributes }),
  };
}
