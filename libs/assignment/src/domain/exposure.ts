import {
  type ArmSeeds,
  armSeeds,
  type CompiledRuleset,
  exposureId,
  type HoldoutArm,
  holdoutArm,
} from '@app/bucketing';
import type { AssignedSubject, AssignmentFacts } from './assignment-token.js';

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

/** What exposures of one arm have in common. */
export interface ExposedArm extends ArmSeeds {
  readonly environment: string;
  readonly task: string;
  readonly unitType: string;
  readonly subject: AssignedSubject;
}

/** With the unit tell one exposure from another; much cheaper than its id, which is a hash. */
export const exposureSeeds = (subjectId: string, epoch: number, variant: string): ArmSeeds =>
  armSeeds(`${subjectId}/${epoch}/${variant}`);

const ofHoldouts = new WeakMap<HoldoutArm, ExposedArm>();

/** What serving a unit exposes besides its answer; null when its task has no holdout or it is in neither arm. */
export function exposedHoldout(ruleset: CompiledRuleset, task: string, unit: string): ExposedArm | null {
  const arm = holdoutArm(ruleset, task, unit);
  if (arm === null) return null;
  let exposed = ofHoldouts.get(arm);
  if (exposed === undefined) {
    exposed = {
      environment: ruleset.environment,
      task,
      unitType: ruleset.tasks.get(task)!.unitType,
      subject: subjectOf(arm),
      ...exposureSeeds(arm.id, arm.epoch, arm.variant),
    };
    ofHoldouts.set(arm, exposed);
  }
  return exposed;
}

function subjectOf({ kind, id, key, epoch, variant }: HoldoutArm): AssignedSubject {
  return { kind, id, key, epoch, variant, carried: false };
}

/**
 * Every exposure that an assignment proves: of its arm, and of the holdout of its task, which needs no place in the
 * assignment's id because membership can be recomputed for ever.
 */
export function exposuresOf(facts: AssignmentFacts, ruleset: CompiledRuleset): Exposure[] {
  const arm = holdoutArm(ruleset, facts.task, facts.unit);
  const began = arm !== null && facts.issuedAt.getTime() >= arm.sinceMs;
  return [facts, ...(began ? [{ ...facts, subject: subjectOf(arm) }] : [])].flatMap(
    (proof) => exposureOf(proof, null) ?? [],
  );
}

/** The exposure of its arm that an assignment proves; null where that is not measured. */
export function exposureOf(
  facts: Omit<AssignmentFacts, 'model'>,
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
