import type { RulesetExperiment, RulesetTask } from '@app/bucketing';
import { changedDependents } from './changed-dependents.js';

const experiment = (key: string, change: Partial<RulesetExperiment> = {}): RulesetExperiment => ({
  id: `id-${key}`,
  key,
  epoch: 1,
  salt: key,
  assignment: 'platform',
  paused: false,
  ranges: [[0, 10]],
  audience: null,
  variants: [],
  overrides: {},
  ...change,
});
const task = (key: string, change: Partial<RulesetTask> = {}): RulesetTask => ({
  key,
  unitType: 'user',
  hashScheme: 'native-v1',
  positionSalt: key,
  enabled: true,
  champion: 'small@1',
  fallbacks: [],
  experiments: [],
  rollout: null,
  holdout: null,
  ...change,
});
const of = (...tasks: RulesetTask[]) => ({ tasks: Object.fromEntries(tasks.map((one) => [one.key, one])) });
const asks = (other: string, change: Partial<RulesetExperiment> = {}) =>
  experiment('asks', { prerequisites: [{ task: other, models: ['large'] }], ...change });

describe('experiments that other units take part in because another task answers otherwise', () => {
  const before = of(task('a'), task('b', { experiments: [asks('a')] }));

  it('are those that ask a task with another champion', () => {
    const after = of(task('a', { champion: 'large@1' }), task('b', { experiments: [asks('a')] }));
    expect(changedDependents(before, after)).toEqual([{ id: 'id-asks', key: 'asks', asked: 'a' }]);
  });

  it('are those that ask a task whose own experiment has a new epoch', () => {
    const [one, two] = [1, 2].map((epoch) =>
      of(
        task('a', { experiments: [experiment('asked', { epoch })] }),
        task('b', { experiments: [asks('a')] }),
      ),
    );
    expect(changedDependents(one!, two!)).toHaveLength(1);
  });

  it('are none when only who is tried after a failure changes, or another task', () => {
    const after = of(
      task('a', { fallbacks: ['large@1'] }),
      task('b', { experiments: [asks('a')] }),
      task('c'),
    );
    expect(changedDependents(before, after)).toEqual([]);
  });

  it('are none that begin now, or whose epoch is new already', () => {
    const changed = task('a', { champion: 'large@1' });
    const beginning = of(changed, task('b', { experiments: [asks('a')] }));
    expect(changedDependents(of(task('a'), task('b')), beginning)).toEqual([]);
    const renewed = of(changed, task('b', { experiments: [asks('a', { epoch: 2 })] }));
    expect(changedDependents(before, renewed)).toEqual([]);
  });
});
