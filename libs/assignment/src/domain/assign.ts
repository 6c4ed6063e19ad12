import { decide, type CompiledRuleset } from '@app/bucketing';
import type { AssignmentsRequest, AssignmentsResponse } from '@app/wire';
import { type AnswerForm, formOf, TAIL } from './answer-form.js';
import type { AssignmentTokens } from './assignment-token.js';
import { type ExposedArm, exposedHoldout, type Exposure, exposureOf } from './exposure.js';

export interface AssignContext {
  readonly ruleset: CompiledRuleset;
  readonly tokens: AssignmentTokens;
  readonly now: Date;
  /** The ruleset is unconfirmed for too long. */
  readonly stale: boolean;
}

/** One decision and the id that stands for it. */
export interface Answer {
  readonly form: AnswerForm;
  readonly assignmentId: string;
}

/** A unit that an answer exposes. */
export interface Exposed {
  readonly arm: ExposedArm;
  readonly unit: string;
}

/** What a request is answered, as objects or as text: a protocol takes what it needs. */
export class Assigned {
  constructor(
    readonly answers: readonly Answer[],
    /** To record, because this answer will be used. */
    readonly exposed: readonly Exposed[],
    private readonly request: AssignmentsRequest,
    private readonly context: AssignContext,
  ) {}

  get rulesetVersion(): number {
    return this.context.ruleset.version;
  }

  get response(): AssignmentsResponse {
    const assignments = this.answers.map(({ form, assignmentId }) => form.wire(assignmentId));
    return { assignments, rulesetVersion: this.rulesetVersion };
  }

  /** JSON of `response`, put together from what is ready. */
  get text(): string {
    let text = '{"assignments":[';
    let separator = '';
    for (const { form, assignmentId } of this.answers) {
      text += separator + form.head + assignmentId + TAIL;
      separator = ',';
    }
    return `${text}],"rulesetVersion":${this.rulesetVersion}}`;
  }

  get exposures(): Exposure[] {
    return this.exposed.map((one) => this.exposureOf(one));
  }

  /** The whole record of an exposure, its id included. */
  exposureOf({ arm, unit }: Exposed): Exposure {
    const facts = { ...arm, unit, issuedAt: this.context.now };
    return exposureOf(facts, this.request.attributes ?? null)!;
  }
}

/**
 * Answers which model serves a unit, for one task, several, or all of the environment. Pure; never throws.
 *
 * An answer for exactly one task exposes unless told otherwise; for several, or all, it does so only when told to.
 */
export function assign(request: AssignmentsRequest, context: AssignContext): Assigned {
  const { ruleset, tokens } = context;
  const { attributes } = request;
  const expose = request.expose ?? request.tasks?.length === 1;
  const exposed: Exposed[] = [];
  const answers: Answer[] = [];
  const issue = tokens.issuer(context.now);
  for (const task of request.tasks ?? ruleset.tasks.keys()) {
    const unit = unitOf(request, ruleset.tasks.get(task)?.unitType ?? '');
    const form = formOf(decide(ruleset, task, unit, attributes, context), ruleset);
    answers.push({ form, assignmentId: issue(form, unit ?? '') });
    if (!expose || unit === null) continue;
    if (form.exposed !== null) exposed.push({ arm: form.exposed, unit });
    const arm = exposedHoldout(ruleset, task, unit);
    if (arm !== null) exposed.push({ arm, unit });
  }
  return new Assigned(answers, exposed, request, context);
}

/** The id of a type, or the one that was given for whatever type a task has. */
function unitOf({ unit, units }: AssignmentsRequest, unitType: string): string | null {
  if (units && Object.hasOwn(units, unitType)) return units[unitType]!;
  return unit ?? null;
}
