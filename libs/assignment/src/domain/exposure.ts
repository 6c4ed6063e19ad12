import { uuidv5 } from '@app/kernel';
import type { AssignmentFacts } from './assignment-token.js';

/** The record that a unit really got an arm. */
export interface Exposure {
  readonly id: string;
  readonly task: string;
  readonly unitType: string;
  readonly unit: string;
  readonly at: Date;
  readonly subjectId: string;
  readonly epoch: number;
  readonly variant: string;
  readonly carried: boolean;
  /** Of the unit, as known at that moment; null when they are not known any more. */
  readonly attributes: Readonly<Record<string, unknown>> | null;
}

/** Namespace of exposure ids; an arbitrary fixed UUID. */
const NAMESPACE = '6f2b1c1e-54d0-5c0a-9d0f-0b7b3f6d9a41';

/**
 * One id for one exposure, whoever records it: an edge, another edge, or the proof in an outcome.
 * UUIDv5 of (environment, experiment or rollout, epoch, unit, variant).
 */
export function exposureId(exposure: {
  readonly environment: string;
  readonly kind: 'experiment' | 'rollout';
  readonly key: string;
  readonly epoch: number;
  readonly unit: string;
  readonly variant: string;
}): string {
  const { environment, kind, key, epoch, unit, variant } = exposure;
  return uuidv5(NAMESPACE, JSON.stringify([environment, kind, key, epoch, unit, variant]));
}

/** The exposure that an assignment proves; null where nothing is measured. */
export function exposureOf(
  facts: AssignmentFacts,
  attributes: Readonly<Record<string, unknown>> | null,
): Exposure | null {
  const { subject } = facts;
  if (!subject) return null;
  const { kind, key, epoch, variant } = subject;
  return {
    id: exposureId({ environment: facts.environment, kind, key, epoch, unit: facts.unit, variant }),
    task: facts.task,
    unitType: facts.unitType,
    unit: facts.unit,
    at: facts.issuedAt,
    subjectId: subject.id,
    epoch,
    variant,
    carried: subject.carried,
    attributes,
  };
}
