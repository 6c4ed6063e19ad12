import { exposureId } from '@app/bucketing';
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
