import {
  type AssignmentFacts,
  type AssignmentTokens,
  type Exposure,
  exposureOf,
  exposuresOf,
} from '@app/assignment';
import { type CompiledRuleset, exposureId, type RulesetSubject, subjectRef } from '@app/bucketing';
import { CARRIED_SOURCE, type EventUnit, type NewEvent } from '@app/events';
import {
  attributesSize,
  type EventRejectionCode,
  eventSchema,
  isStorable,
  MAX_ATTRIBUTES_SIZE,
  type WireEvent,
} from '@app/wire';
import { compile, describe } from '../http/validation.js';
import { readInstant } from './instant.js';
import { Rejection } from './rejection.js';
import { epochOf, idByRuleset, isOfKeptWinner } from './sdk-exposure.js';
import type { KeepAttributes } from './stored-attributes.js';

export interface ReadContext {
  readonly environment: string;
  readonly ruleset: CompiledRuleset;
  readonly tokens: AssignmentTokens;
  readonly now: Date;
  readonly retentionMs: number;
  readonly skewMs: number;
  /** What of attributes may be written down. */
  readonly keepAttributes: KeepAttributes;
}

export type ReadEvent =
  | {
      readonly kind: 'event';
      readonly event: NewEvent;
      /** The exposures that its assignment id proves. */
      readonly proves: readonly Exposure[];
      /** Its id is the platform's own id of that exposure: stored before is then not a clash. */
      readonly platformId: boolean;
    }
  | { readonly kind: 'rejected'; readonly code: EventRejectionCode; readonly message: string };

const validate = compile<WireEvent>(eventSchema);

/** Codes of fields that callers get wrong most, so that they can tell without reading the message. */
const FIELD_CODES: Readonly<Record<string, EventRejectionCode>> = {
  id: 'EVENT_ID_MISSING',
  type: 'EVENT_TYPE_UNKNOWN',
  at: 'EVENT_AT_INVALID',
  unit: 'UNIT_MISSING',
  units: 'UNIT_MISSING',
  metric: 'METRIC_MISSING',
  value: 'VALUE_INVALID',
  assignmentId: 'ASSIGNMENT_TOKEN_INVALID',
  attributes: 'ATTRIBUTES_INVALID',
};

/** Judges one event of a batch and turns it into what is stored. Never throws. */
export function readEvent(raw: unknown, context: ReadContext): ReadEvent {
  if (!validate(raw)) {
    const { field, message } = describe(validate.errors);
    const code = FIELD_CODES[field.split('.', 1)[0]!] ?? 'EVENT_INVALID';
    return { kind: 'rejected', code, message: field === '' ? `the event ${message}` : `${field} ${message}` };
  }
  try {
    return interpret(raw, context);
  } catch (error) {
    if (error instanceof Rejection) return { kind: 'rejected', code: error.code, message: error.message };
    throw error;
  }
}

function interpret(given: WireEvent, context: ReadContext): ReadEvent {
  const at = atOf(given, context);
  const facts = factsOf(given, context);
  const subject = facts ? null : subjectOf(given, context);
  const task = taskOf(given, facts, subject, context);
  const event: NewEvent = {
    id: given.id,
    type: given.type,
    at,
    task,
    units: unitsOf(given, facts, task, context),
    metric: given.metric ?? null,
    value: given.value ?? null,
    subjectId: facts?.subject?.id ?? subject?.id ?? null,
    epoch: facts?.subject?.epoch ?? epochOf(given, subject, context.ruleset),
    variant: facts?.subject?.variant ?? given.variant ?? null,
    inferenceId: given.inferenceId ?? null,
    assignmentId: facts ? assignmentReference(facts, given.assignmentId!) : null,
    evaluator: given.evaluator ?? null,
    evaluatorVersion: given.evaluatorVersion ?? null,
    servedModel: given.servedModel ?? null,
    source: given.source ?? null,
    comment: given.comment ?? null,
    attributes: attributesOf(given, context),
  };
  if (given.type === 'outcome') {
    if (event.metric === null) throw new Rejection('METRIC_MISSING', 'metric is missing: what was measured?');
    return {
      kind: 'event',
      event,
      proves: facts ? exposuresOf(facts, context.ruleset) : [],
      platformId: false,
    };
  }
  checkExposure(event, given, facts);
  const carried = facts ? facts.subject!.carried : isOfKeptWinner(event, subject, context.ruleset);
  return {
    kind: 'event',
    event: carried ? { ...event, source: CARRIED_SOURCE } : event,
    proves: [],
    platformId:
      given.id ===
      (facts ? exposureOf(facts, null)?.id : idByRuleset(given, event, subject, context.environment)),
  };
}

function atOf(given: WireEvent, { now, retentionMs, skewMs }: ReadContext): Date {
  const at = readInstant(given.at);
  if (!at)
    throw new Rejection(
      'EVENT_AT_INVALID',
      `"${given.at}" is not an RFC 3339 time such as 2026-01-05T10:00:00Z`,
    );
  if (at.getTime() > now.getTime() + skewMs) {
    throw new Rejection('EVENT_IN_FUTURE', `${given.at} is later than now, ${now.toISOString()}`);
  }
  if (at.getTime() < now.getTime() - retentionMs) {
    const days = Math.round(retentionMs / 86_400_000);
    throw new Rejection(
      'EVENT_TOO_OLD',
      `${given.at} is more than ${days} days before now, ${now.toISOString()}`,
    );
  }
  return at;
}

/** Too many of them are refused whatever of them is kept: what a sender may say must not hang on the operator's list. */
function attributesOf({ attributes }: WireEvent, { keepAttributes }: ReadContext): NewEvent['attributes'] {
  if (attributes === undefined) return null;
  const size = attributesSize(attributes);
  if (size > MAX_ATTRIBUTES_SIZE) {
    throw new Rejection(
      'ATTRIBUTES_TOO_LARGE',
      `attributes have ${size} characters in all, ${MAX_ATTRIBUTES_SIZE} at most are taken`,
    );
  }
  return keepAttributes(attributes);
}

function factsOf(given: WireEvent, { tokens, environment }: ReadContext): AssignmentFacts | null {
  if (given.assignmentId === undefined) return null;
  const facts = tokens.verify(given.assignmentId);
  if (!facts) {
    throw new Rejection('ASSIGNMENT_TOKEN_INVALID', `the assignmentId was not issued by ${environment}`);
  }
  // Signed before such ids were refused everywhere; one row of it would be refused with all others of its transaction.
  if (!isStorable(facts.unit)) {
    throw new Rejection(
      'ASSIGNMENT_TOKEN_INVALID',
      'the unit of the assignmentId has U+0000 or half of a surrogate pair, which cannot be stored',
    );
  }
  return facts;
}

function subjectOf(given: WireEvent, { ruleset }: ReadContext): RulesetSubject | null {
  const { rollout, holdout, experiment } = given;
  const kind = rollout !== undefined ? 'rollout' : holdout !== undefined ? 'holdout' : 'experiment';
  const key = rollout ?? holdout ?? experiment;
  if (key === undefined) return null;
  const { subjects } = ruleset.ruleset;
  const reference = subjectRef(kind, key);
  const subject = Object.hasOwn(subjects, reference) ? subjects[reference] : undefined;
  if (!subject) {
    throw new Rejection('EXPERIMENT_UNKNOWN', `no ${kind} "${key}" takes events in ${ruleset.environment}`);
  }
  // A holdout is about several tasks.
  if (kind !== 'holdout' && given.task !== undefined && given.task !== subject.task) {
    throw new Rejection('EXPERIMENT_UNKNOWN', `the ${kind} "${key}" is not about the task "${given.task}"`);
  }
  if (given.variant !== undefined && !subject.variants.includes(given.variant)) {
    const known = subject.variants.join(', ');
    throw new Rejection('VARIANT_UNKNOWN', `"${given.variant}" is not a variant of "${key}" (${known})`);
  }
  return subject;
}

function taskOf(
  given: WireEvent,
  facts: AssignmentFacts | null,
  subject: RulesetSubject | null,
  { ruleset }: ReadContext,
): string | null {
  if (given.task !== undefined && !ruleset.tasks.has(given.task)) {
    throw new Rejection('TASK_UNKNOWN', `"${given.task}" is not a task of ${ruleset.environment}`);
  }
  return facts?.task ?? subject?.task ?? given.task ?? null;
}

/** Units under the types of the task; an untyped unit of an event without a task has the type ''. */
function unitsOf(
  given: WireEvent,
  facts: AssignmentFacts | null,
  task: string | null,
  { ruleset }: ReadContext,
): EventUnit[] {
  const unitType = facts?.unitType ?? (task === null ? '' : (ruleset.tasks.get(task)?.unitType ?? ''));
  const typed = Object.entries(given.units ?? {}).map(([type, unit]) => ({ unitType: type, unit }));
  const untyped = given.unit === undefined || typed.some((one) => one.unitType === unitType);
  const units = untyped ? typed : [{ unitType, unit: given.unit! }, ...typed];
  if (facts && facts.unit !== '') {
    const own = units.find((one) => one.unitType === facts.unitType);
    if (own && own.unit !== facts.unit) {
      throw new Rejection('UNIT_MISMATCH', `the assignmentId is of another unit than "${own.unit}"`);
    }
    if (!own) units.unshift({ unitType: facts.unitType, unit: facts.unit });
  }
  if (given.type === 'exposure') {
    const own = units.find((one) => one.unitType === unitType);
    if (!own) throw new Rejection('UNIT_MISSING', `an exposure needs a unit of the type "${unitType}"`);
    return [own];
  }
  if (units.length === 0 && given.inferenceId === undefined) {
    throw new Rejection('UNIT_MISSING', 'say whom it is about: unit, units, assignmentId or inferenceId');
  }
  return units;
}

function checkExposure(event: NewEvent, given: WireEvent, facts: AssignmentFacts | null): void {
  if (facts && !facts.subject) {
    throw new Rejection(
      'EXPERIMENT_MISSING',
      'this assignment is not measured: it came from the champion, an override or a holdout',
    );
  }
  if (event.subjectId === null) {
    throw new Rejection(
      'EXPERIMENT_MISSING',
      'an exposure names an experiment, a rollout, a holdout or an assignmentId',
    );
  }
  if (event.variant === null) {
    throw new Rejection('VARIANT_MISSING', 'an exposure without assignmentId says its variant');
  }
  if (facts?.subject && given.variant !== undefined && given.variant !== facts.subject.variant) {
    throw new Rejection('VARIANT_UNKNOWN', `the assignmentId is of the variant "${facts.subject.variant}"`);
  }
}

/** What is stored of an assignment id: the id of its exposure, which says as much and is short. */
function assignmentReference(facts: AssignmentFacts, token: string): string {
  const { subject } = facts;
  if (!subject) return token.slice(token.lastIndexOf('.') + 1);
  const { environment, unit } = facts;
  return exposureId({ environment, unit, ...subject });
}
