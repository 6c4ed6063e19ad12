import type { NewEvent } from '../domain/new-event.js';

/** An event with every field set; a test states only what it is about. */
export function anOutcome(over: Partial<NewEvent> = {}): NewEvent {
  return {
    id: 'outcome-1',
    type: 'outcome',
    task: null,
    units: [{ unitType: '', unit: 'ada' }],
    at: new Date('2026-01-05T10:00:00.000Z'),
    metric: 'quality',
    value: 1,
    subjectId: null,
    epoch: null,
    variant: null,
    inferenceId: null,
    assignmentId: null,
    evaluator: null,
    evaluatorVersion: null,
    servedModel: null,
    source: null,
    comment: null,
    attributes: null,
    ...over,
  };
}

/** An exposure of `ada` to the control of a subject. */
export function anExposure(over: Partial<NewEvent> = {}): NewEvent {
  return anOutcome({
    id: 'exposure-1',
    type: 'exposure',
    at: new Date('2026-01-05T09:00:00.000Z'),
    metric: null,
    value: null,
    subjectId: '00000000-0000-7000-8000-000000000001',
    variant: 'control',
    ...over,
  });
}
