import type { CompiledRuleset, Decision } from '@app/bucketing';
import type { WireAssignment } from '@app/wire';
import { armFacts, type AssignedSubject } from './assignment-token.js';
import { type ExposedArm, exposureSeeds } from './exposure.js';

/**
 * All that units of one arm are answered alike, made once: what is left for each answer is its assignment id. A ruleset
 * gives units of one arm one decision object, which the form belongs to and is forgotten with.
 */
export class AnswerForm {
  /** JSON of the answer up to the characters of its assignment id; `TAIL` follows them. */
  readonly head: string;
  /** The arm's part of assignment ids. */
  readonly arm: string;
  /** Null where serving exposes nobody to an arm of its own. */
  readonly exposed: ExposedArm | null;

  constructor(
    readonly decision: Decision,
    readonly environment: string,
    readonly unitType: string,
  ) {
    const { model, task } = decision;
    const subject = subjectOf(decision);
    this.exposed = subject && {
      ...{ environment, task, unitType, subject },
      ...exposureSeeds(subject.id, subject.epoch, subject.variant),
    };
    this.arm = armFacts({
      environment,
      task,
      unitType,
      model: model && `${model.key}@${model.version}`,
      subject,
    });
    this.head = headOf(this.wire(''));
  }

  /** The answer as an object. */
  wire(assignmentId: string): WireAssignment {
    const { decision } = this;
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
}

/** Ends what `AnswerForm.head` begins, after the assignment id. */
export const TAIL = '"}';

const headOf = (wire: WireAssignment): string => JSON.stringify(wire).slice(0, -TAIL.length);

const forms = new WeakMap<Decision, AnswerForm>();

/** The form of a decision under a ruleset; the same object for the same decision. */
export function formOf(decision: Decision, ruleset: CompiledRuleset): AnswerForm {
  const made = forms.get(decision);
  if (made !== undefined) return made;
  const unitType = ruleset.tasks.get(decision.task)?.unitType ?? '';
  const form = new AnswerForm(decision, ruleset.environment, unitType);
  forms.set(decision, form);
  return form;
}

function subjectOf(decision: Decision): AssignedSubject | null {
  const { exposes, subjectId, epoch, variant, rollout, experiment, carried } = decision;
  if (!exposes || subjectId === null || epoch === null || variant === null) return null;
  const kind = rollout === null ? 'experiment' : 'rollout';
  return { kind, id: subjectId, key: rollout ?? experiment!, epoch, variant, carried };
}
