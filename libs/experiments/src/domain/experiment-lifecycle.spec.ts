import type { ExperimentState } from './experiment.js';
import { type ExperimentAction, nextState, requireNextState, TRANSITIONS } from './experiment-lifecycle.js';

const STATES: readonly ExperimentState[] = ['draft', 'running', 'paused', 'concluded', 'archived'];
const ACTIONS = Object.keys(TRANSITIONS) as ExperimentAction[];

function reachableFrom(start: ExperimentState): Set<ExperimentState> {
  const seen = new Set<ExperimentState>([start]);
  for (const state of seen) {
    for (const action of ACTIONS) {
      const next = nextState(state, action);
      if (next) seen.add(next);
    }
  }
  return seen;
}

describe('the life of an experiment', () => {
  it('reaches every state from a draft', () => {
    expect([...reachableFrom('draft')].sort()).toEqual([...STATES].sort());
  });

  it('ends in archived, whichever way it goes', () => {
    for (const state of STATES) expect(reachableFrom(state)).toContain('archived');
    expect(reachableFrom('archived')).toEqual(new Set(['archived']));
  });

  it('never comes back to draft, nor to running once it was concluded', () => {
    for (const state of STATES.slice(1)) expect(reachableFrom(state)).not.toContain('draft');
    expect(reachableFrom('concluded')).toEqual(new Set(['concluded', 'archived']));
  });

  it('says what is possible instead of what is not', () => {
    expect(() => requireNextState({ key: 'x', state: 'running' }, 'start')).toThrow(
      'x is running, so it cannot start; from here it can pause or conclude',
    );
    expect(() => requireNextState({ key: 'x', state: 'archived' }, 'start')).toThrow('clone it');
  });
});
