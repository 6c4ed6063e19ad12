import { dueStep, type Holdout, nextDue } from './holdout.js';

const at = (day: number): Date => new Date(Date.UTC(2026, 0, day));
const holdout = (change: Partial<Holdout>): Pick<Holdout, 'state' | 'startAt' | 'endAt'> => ({
  state: 'planned',
  startAt: at(5),
  endAt: at(20),
  ...change,
});

describe('the dates of a holdout', () => {
  it('start it when its time has come, and not before', () => {
    expect(dueStep(holdout({}), at(4))).toBeNull();
    expect(dueStep(holdout({}), at(5))).toBe('start');
    expect(nextDue(holdout({}))).toEqual(at(5));
  });

  it('end it when its time is over, and not before', () => {
    expect(dueStep(holdout({ state: 'running' }), at(19))).toBeNull();
    expect(dueStep(holdout({ state: 'running' }), at(20))).toBe('end');
    expect(nextDue(holdout({ state: 'running' }))).toEqual(at(20));
  });

  it('end one that nobody could start in time', () => {
    expect(dueStep(holdout({}), at(21))).toBe('end');
  });

  it('ask for nothing of one that has ended, or that has no end', () => {
    expect(dueStep(holdout({ state: 'ended' }), at(30))).toBeNull();
    expect(nextDue(holdout({ state: 'ended' }))).toBeNull();
    expect(dueStep(holdout({ state: 'running', endAt: null }), at(30))).toBeNull();
    expect(nextDue(holdout({ state: 'running', endAt: null }))).toBeNull();
  });
});
