import {
  INITIAL_ROLLOUT_STATE,
  isFinal,
  ROLLOUT_LIFECYCLE,
  ROLLOUT_STATES,
  type RolloutState,
  transition,
} from './rollout-lifecycle.js';

describe('rollout lifecycle', () => {
  it('reaches every state from the first one', () => {
    const reached = new Set<RolloutState>();
    const visit = (state: RolloutState): void => {
      if (reached.has(state)) return;
      reached.add(state);
      Object.values(ROLLOUT_LIFECYCLE[state]).forEach(visit);
    };
    visit(INITIAL_ROLLOUT_STATE);
    expect([...reached].sort()).toEqual([...ROLLOUT_STATES].sort());
  });

  it('leads from every state to a final one', () => {
    const leadsToFinal = (state: RolloutState, seen = new Set<RolloutState>()): boolean => {
      if (isFinal(state)) return true;
      if (seen.has(state)) return false;
      seen.add(state);
      return Object.values(ROLLOUT_LIFECYCLE[state]).some((next) => leadsToFinal(next, seen));
    };
    for (const state of ROLLOUT_STATES) expect([state, leadsToFinal(state)]).toEqual([state, true]);
  });

  it('lets every state that is not final be rolled back', () => {
    for (const state of ROLLOUT_STATES.filter((candidate) => !isFinal(candidate))) {
      expect(transition(state, 'rollback')).toBe('rolled-back');
    }
  });

  it('never raises the share of a held rollout', () => {
    for (const event of ['advance', 'promote'] as const) {
      expect(() => transition('held', event)).toThrow(
        expect.objectContaining({ code: 'ROLLOUT_TRANSITION_REFUSED' }),
      );
    }
  });

  it('names what is possible when it refuses', () => {
    expect(() => transition('held', 'advance')).toThrow(/Possible: approve, resume, rollback/);
    expect(() => transition('promoted', 'rollback')).toThrow(/final/);
  });
});
