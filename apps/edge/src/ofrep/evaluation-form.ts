import type { Answer, AnswerForm } from '@app/assignment';
import type { OfrepFailure } from '@app/wire';
import { evaluationOf, isFailure } from './evaluation.js';

/** An evaluation as text: what is the same for every unit of an arm, around the assignment id. */
interface EvaluationForm {
  readonly head: string;
  readonly tail: string;
  /** Why there is no value; the text then carries no assignment id. */
  readonly failure: OfrepFailure | null;
}

/** Holds the place of the assignment id while a form is made; the last thing in an evaluation that could look so. */
const PLACE = 'an assignment id';

const forms = new WeakMap<AnswerForm, EvaluationForm>();

/** One answer in OFREP's words, as JSON. */
export function evaluationText({ form, assignmentId }: Answer): string {
  const { head, tail, failure } = evaluationFormOf(form);
  return failure === null ? head + assignmentId + tail : head;
}

/** Why an answer has no value for OFREP; null when it has. */
export const failureOf = ({ form }: Answer): OfrepFailure | null => evaluationFormOf(form).failure;

function evaluationFormOf(form: AnswerForm): EvaluationForm {
  const made = forms.get(form);
  if (made !== undefined) return made;
  const evaluation = evaluationOf(form.wire(PLACE), form.environment);
  const text = JSON.stringify(evaluation);
  const at = text.lastIndexOf(PLACE);
  const evaluated = isFailure(evaluation)
    ? { head: text, tail: '', failure: evaluation }
    : { head: text.slice(0, at), tail: text.slice(at + PLACE.length), failure: null };
  forms.set(form, evaluated);
  return evaluated;
}
