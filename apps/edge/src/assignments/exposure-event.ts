import type { Exposure } from '@app/assignment';
import { CARRIED_SOURCE, type NewEvent } from '@app/events';
import type { KeepAttributes } from '../events/stored-attributes.js';

/** An event with nothing said but what is given. */
export function bareEvent(
  given: Pick<NewEvent, 'id' | 'type' | 'units' | 'at'> & Partial<NewEvent>,
): NewEvent {
  return {
    task: null,
    metric: null,
    value: null,
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
    ...given,
  };
}

/** How an exposure of our own is stored. */
export function exposureEvent(exposure: Exposure, keepAttributes: KeepAttributes): NewEvent {
  return bareEvent({
    id: exposure.id,
    type: 'exposure',
    task: exposure.task,
    units: [{ unitType: exposure.unitType, unit: exposure.unit }],
    at: exposure.at,
    subjectId: exposure.subjectId,
    epoch: exposure.epoch,
    variant: exposure.variant,
    source: exposure.carried ? CARRIED_SOURCE : 'edge',
    attributes: keepAttributes(exposure.attributes),
  });
}
