import {
  checkPrerequisites,
  type Dependent,
  prerequisiteCycle,
  prerequisitesTooDeep,
} from './prerequisites.js';

const asks = (task: string, ...others: string[]): Dependent => ({
  key: `of-${task}`,
  task,
  prerequisites: others.map((other) => ({ task: other, models: ['large'] })),
});

describe('prerequisites', () => {
  it('may name models, variants or both of other tasks', () => {
    const prerequisites = [
      { task: 'b', models: ['large'] },
      { task: 'c', variants: ['control'], models: ['small'] },
    ];
    expect(() => checkPrerequisites({ task: 'a', prerequisites })).not.toThrow();
  });

  it.each([
    ['the task itself', [{ task: 'a', models: ['large'] }]],
    ['a task and nothing of it', [{ task: 'b', models: [] }]],
    [
      'a task twice',
      [
        { task: 'b', models: ['large'] },
        { task: 'b', variants: ['x'] },
      ],
    ],
  ])('may not name %s', (_what, prerequisites) => {
    expect(() => checkPrerequisites({ task: 'a', prerequisites })).toThrow(
      expect.objectContaining({ code: 'PREREQUISITE_NOT_VALID' }),
    );
  });
});

describe('a cycle of prerequisites', () => {
  it('is found through any number of tasks', () => {
    expect(prerequisiteCycle(asks('a', 'b'), [asks('b', 'c'), asks('c', 'd', 'a')])).toEqual([
      'a',
      'b',
      'c',
      'a',
    ]);
  });

  it('is found through another experiment of the same task', () => {
    expect(prerequisiteCycle(asks('a', 'x'), [asks('a', 'b'), asks('b', 'a')])).toEqual(['a', 'b', 'a']);
  });

  it('is none where two ways meet', () => {
    expect(prerequisiteCycle(asks('a', 'b', 'c'), [asks('b', 'd'), asks('c', 'd')])).toBeNull();
  });

  it('is no chain, but a chain must have an end that evaluation reaches', () => {
    const chain = (length: number): Dependent[] =>
      Array.from({ length }, (_, at) => asks(`t${at}`, `t${at + 1}`));
    expect(prerequisitesTooDeep(chain(16))).toBe(false);
    expect(prerequisitesTooDeep(chain(17))).toBe(true);
  });
});
