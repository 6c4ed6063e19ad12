import { decide, type CompiledRuleset, type Decision } from '@app/bucketing';
import type { AssignmentsRequest, AssignmentsResponse, WireAssignment } from '@app/wire';
import type { AssignmentFacts, AssignmentTokens } from './assignment-token.js';
import { type Exposure, exposureOf } from './exposure.js';

export interface AssignContext {
  readonly ruleset: CompiledRuleset;
  readonly tokens: AssignmentTokens;
  readonly now: Date;
  /** The ruleset is unconfirmed for too long. */
  readonly stale: boolean;
}

export interface Assigned {
  readonly response: AssignmentsResponse;
  /** To record, because this answer will be used. */
  readonly exposures: readonly Exposure[];
  readonly decisions: readonly Decision[];
}

/**
 * Answers which model serves a unit, for one task, several, or all of the environment. Pure; never throws.
 *
 * An answer for exactly one task exposes unless told otherwise; for several, or all, it does so only when told to.
 */
export function assign(request: AssignmentsRequest, context: AssignContext): Assigned {
  const { ruleset } = context;
  const expose = request.expose ?? request.tasks?.length === 1;
  const exposures: Exposure[] = [];
  const decisions: Decision[] = [];
  const assignments: WireAssignment[] = [];
  for (const task of request.tasks ?? ruleset.tasks.keys()) {
    const unitType = ruleset.tasks.get(task)?.unitType ?? '';
    const unit = unitOf(request, unitType);
    const decision = decide(ruleset, task, unit, request.attributes, { stale: context.stale });
    const facts = factsOf(decision, unitType, unit, context);
    decisions.push(decision);
    assignments.push(wireOf(decision, context.tokens.issue(facts)));
    const exposure = expose ? exposureOf(facts, request.attributes ?? null) : null;
    if (exposure) exposures.push(exposure);
  }
  return { response: { assignments, rulesetVersion: ruleset.version }, exposures, decisions };
}

/** The id of a type, or the one that was given for whatever type a task has. */
function unitOf(request: AssignmentsRequest, unitType: string): string | null {
  const { units } = request;
  if (units && Object.hasOwn(units, unitType)) return units[unitType]!;
  return request.unit ?? null;
}

function factsOf(
  decision: Decision,
  unitType: string,
  unit: string | null,
  { ruleset, now }: AssignContext,
): AssignmentFacts {
  const { subjectId, epoch, variant, model } = decision;
  return {
    environment: ruleset.environment,
    task: decision.task,
    unitType,
    unit: unit ?? '',
    model: model && `${model.key}@${model.version}`,
    issuedAt: now,
    subject:
      decision.exposes && subjectId !== null && epoch !== null && variant !== null
        ? {
            kind: decision.rollout === null ? 'experiment' : 'rollout',
            id: subjectId,
            key: decision.rollout ?? decision.experiment!,
            epoch,
            variant,
            carried: decision.carried,
          }
        : null,
  };
}

function wireOf(decision: Decision, assignmentId: string): WireAssignment {
  return {
    task: decision.task,
    variant: decision.variant,
    model: decision.model,
    source: decision.source,
    reason: decision.reason,
    ...(decision.experiment === null ? {} : { experiment: decision.experiment }),
    ...(decision.rollout === null ? {} : { rollout: decision.rollout }),
    propensity: decision.propensity,
    assignmentId,
  };
}
