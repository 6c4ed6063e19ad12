import { RolloutError } from './rollout.errors.js';

export const ROLLOUT_STATES = ['running', 'held', 'promoted', 'rolled-back', 'stopped-futile'] as const;
export type RolloutState = (typeof ROLLOUT_STATES)[number];

export type RolloutEvent = 'advance' | 'approve' | 'hold' | 'resume' | 'promote' | 'rollback' | 'stop-futile';

export const INITIAL_ROLLOUT_STATE: RolloutState = 'running';

/** Every transition there is. What is absent is refused; a state without events is final. */
export const ROLLOUT_LIFECYCLE: Readonly<Record<RolloutState, Partial<Record<RolloutEvent, RolloutState>>>> =
  {
    running: {
      advance: 'running',
      approve: 'running',
      hold: 'held',
      promote: 'promoted',
      rollback: 'rolled-back',
      'stop-futile': 'stopped-futile',
    },
    held: { approve: 'held', resume: 'running', rollback: 'rolled-back' },
    promoted: {},
    'rolled-back': {},
    'stopped-futile': {},
  };

export function isFinal(state: RolloutState): boolean {
  return Object.keys(ROLLOUT_LIFECYCLE[state]).length === 0;
}

/** The state an event leads to. Throws `ROLLOUT_TRANSITION_REFUSED` for an event the state doesn't know. */
export function transition(state: RolloutState, event: RolloutEvent): RolloutState {
  const next = ROLLOUT_LIFECYCLE[state][event];
  if (next === undefined) {
    const allowed = Object.keys(ROLLOUT_LIFECYCLE[state]);
    throw new RolloutError(
      'ROLLOUT_TRANSITION_REFUSED',
      allowed.length === 0
        ? `The rollout is ${state} and final; "${event}" is not possible any more.`
        : `The rollout is ${state}; "${event}" is not possible now. Possible: ${allowed.join(', ')}.`,
      { state, event, allowed },
    );
  }
  return next;
}
