import { isRecordable, recordable, storable } from '../exposures/attributes.js';
import type { WireEvent } from './wire-event.js';

/** One id, for whatever unit type a task has, or ids by unit type; under '' one for every other type. */
export type UnitOrUnits = string | Readonly<Record<string, string>>;

/** Something that was measured. Whom it is about: a unit, units, or an inference id. */
export interface Outcome {
  /** Event name: the `source` of the metrics it feeds. */
  readonly metric: string;
  /** Absent: the event itself is the measurement, and counts as 1. */
  readonly value?: number;
  /** Absent: it counts for every experiment that measures it. */
  readonly task?: string;
  readonly unit?: UnitOrUnits;
  readonly inferenceId?: string;
  /** When it happened; now, when absent. */
  readonly at?: Date | string;
  /** The caller's own, so that a repeated call counts once; absent: one is made. */
  readonly id?: string;
  /** Count it for this experiment or rollout only. */
  readonly experiment?: string;
  readonly rollout?: string;
  readonly assignmentId?: string;
  readonly evaluator?: string;
  readonly evaluatorVersion?: string;
  readonly servedModel?: string;
  readonly source?: string;
  readonly comment?: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** What a person said of an answer: a thumb or a rating, by inference id or by task and unit. */
export interface Feedback {
  readonly thumb?: 'up' | 'down';
  readonly rating?: number;
  readonly comment?: string;
  readonly task?: string;
  readonly unit?: UnitOrUnits;
  readonly inferenceId?: string;
  readonly assignmentId?: string;
  readonly at?: Date | string;
  readonly id?: string;
}

/** Event names that feedback becomes outcomes of: those of POST /api/v1/feedback. */
export const FEEDBACK_METRICS = { thumb: 'feedback', rating: 'rating' } as const;

/** What the edge would refuse, found before it is queued. */
export class OutcomeProblem extends Error {}

const LONGEST: Readonly<Record<string, number>> = {
  id: 200,
  metric: 128,
  task: 128,
  experiment: 128,
  rollout: 128,
  inferenceId: 256,
  assignmentId: 4096,
  evaluator: 128,
  evaluatorVersion: 128,
  servedModel: 256,
  source: 128,
  comment: 10_000,
};

/** @throws OutcomeProblem in words that say which field */
export function outcomeEvent(given: Outcome, nowMs: number, newId: () => string): WireEvent {
  const { unit, at, value, attributes } = given;
  const texts = textsOf(given);
  if (texts['metric'] === undefined) throw new OutcomeProblem('metric is missing: what was measured?');
  if (value !== undefined && !(typeof value === 'number' && Math.abs(value) <= 1e30)) {
    throw new OutcomeProblem('value is not a number between -1e30 and 1e30');
  }
  if (unit === undefined && texts['inferenceId'] === undefined && texts['assignmentId'] === undefined) {
    throw new OutcomeProblem('say whom it is about: unit or inferenceId');
  }
  const kept = recordable(attributes);
  return {
    ...texts,
    id: texts['id'] ?? newId(),
    type: 'outcome',
    at: instant(at, nowMs),
    ...about(unit),
    ...(value !== undefined && { value }),
    ...(kept !== null && { attributes: kept }),
  };
}

/** The fields that are texts. */
function textsOf(given: Outcome): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, longest] of Object.entries(LONGEST)) {
    const value = given[name as keyof Outcome];
    if (value === undefined || value === null) continue;
    if (typeof value !== 'string' || value === '' || value.length > longest || !storable(value)) {
      throw new OutcomeProblem(`${name} is not a text of 1 to ${longest} characters`);
    }
    texts[name] = value;
  }
  return texts;
}

/** @throws OutcomeProblem */
export function feedbackEvent(given: Feedback, nowMs: number, newId: () => string): WireEvent {
  const { thumb, rating, ...rest } = given;
  if ((thumb === undefined) === (rating === undefined)) {
    throw new OutcomeProblem('feedback is a thumb or a rating, and not both');
  }
  if (thumb !== undefined && thumb !== 'up' && thumb !== 'down')
    throw new OutcomeProblem('a thumb is up or down');
  return outcomeEvent(
    {
      ...rest,
      metric: thumb === undefined ? FEEDBACK_METRICS.rating : FEEDBACK_METRICS.thumb,
      value: thumb === undefined ? rating! : thumb === 'up' ? 1 : 0,
      source: 'feedback',
    },
    nowMs,
    newId,
  );
}

function instant(at: Date | string | undefined, nowMs: number): string {
  if (at === undefined) return new Date(nowMs).toISOString();
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) throw new OutcomeProblem('at is not a time');
  return date.toISOString();
}

function about(unit: UnitOrUnits | undefined): Pick<WireEvent, 'unit' | 'units'> {
  if (unit === undefined) return {};
  const ids = typeof unit === 'string' ? [unit] : Object.values(unit);
  if (ids.length === 0 || !ids.every((id) => typeof id === 'string' && id !== '' && isRecordable(id))) {
    throw new OutcomeProblem('a unit is a text of 1 to 256 characters');
  }
  if (typeof unit === 'string') return { unit };
  const { '': untyped, ...units } = unit;
  return { ...(untyped !== undefined && { unit: untyped }), ...(Object.keys(units).length > 0 && { units }) };
}
