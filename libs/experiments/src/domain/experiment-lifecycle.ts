import type { ExperimentState } from './experiment.js';
import { ExperimentError } from './experiment.errors.js';

export type ExperimentAction = 'start' | 'pause' | 'resume' | 'conclude' | 'archive';

/** Which action leads from where to where; what is not here is refused. */
export const TRANSITIONS: Readonly<
  Record<ExperimentAction, Readonly<Partial<Record<ExperimentState, ExperimentState>>>>
> = {
  start: { draft: 'running' },
  pause: { running: 'paused' },
  resume: { paused: 'running' },
  conclude: { running: 'concluded', paused: 'concluded' },
  archive: { draft: 'archived', concluded: 'archived' },
};

/** The state an action leads to, or null when it is not possible from here. */
export function nextState(state: ExperimentState, action: ExperimentAction): ExperimentState | null {
  return TRANSITIONS[action][state] ?? null;
}

/** @throws ExperimentError STATE_NOT_ALLOWED, saying what is possible instead */
export function requireNextState(
  experiment: { readonly key: string; readonly state: ExperimentState },
  action: ExperimentAction,
): ExperimentState {
  const next = nextState(experiment.state, action);
  if (next) return next;
  const possible = (Object.keys(TRANSITIONS) as ExperimentAction[]).filter((other) =>
    nextState(experiment.state, other),
  );
  const instead =
    possible.length > 0 ? `from here it can ${possible.join(' or ')}` : 'nothing can change it; clone it';
  throw new ExperimentError(
    'STATE_NOT_ALLOWED',
    `${experiment.key} is ${experiment.state}, so it cannot ${action}; ${instead}`,
  );
}
