import { anExperiment, aRollout, aRuleset, aTask } from '../testing/ruleset.builder.js';
import type { Prerequisite, RulesetTask } from '../ruleset.js';
import { compileRuleset } from './compile-ruleset.js';
import { decide } from './decide.js';
import { explain } from './explain.js';

const users = Array.from({ length: 400 }, (_, n) => `user-${n}`);
const waiting = (key: string, ...prerequisites: Prerequisite[]): RulesetTask =>
  aTask({ key, experiments: [anExperiment({ key: `${key}-test`, prerequisites })] });
const split = (key: string): RulesetTask =>
  aTask({ key, experiments: [anExperiment({ key: `${key}-split` })] });

describe('prerequisites', () => {
  it('let an experiment take only units whom the other task answers as asked', () => {
    const rules = compileRuleset(
      aRuleset([
        split('first'),
        waiting('by-variant', { task: 'first', variants: ['b'] }),
        waiting('by-model', { task: 'first', models: ['new', 'newest'] }),
        waiting('by-both', { task: 'first', models: ['old'], variants: ['b'] }),
        waiting('by-two', { task: 'first', variants: ['b'] }, { task: 'by-model', variants: ['a'] }),
      ]),
    );
    expect(rules.problems).toEqual([]);
    for (const user of users) {
      const first = decide(rules, 'first', user).variant;
      const taken = (task: string) => decide(rules, task, user).source === 'experiment';
      expect(taken('by-variant')).toBe(first === 'b');
      expect(taken('by-model')).toBe(first === 'b');
      expect(taken('by-both')).toBe(false);
      expect(taken('by-two')).toBe(first === 'b' && decide(rules, 'by-model', user).variant === 'a');
    }
  });

  it('ask the other task of the same attributes, its overrides, rollout and gate included', () => {
    const audience = { attribute: 'plan', operator: 'equals', value: 'pro' } as const;
    const other = (given: Partial<RulesetTask>) =>
      compileRuleset(
        aRuleset([aTask({ key: 'first', ...given }), waiting('second', { task: 'first', models: ['new'] })]),
      );
    const source = (rules: ReturnType<typeof other>, attributes = {}, stale = false) =>
      decide(rules, 'second', 'user-1', attributes, { stale }).source;
    const rollout = aRollout({ share: 1, controlShare: 0, audience });
    expect(source(other({ rollout }), { plan: 'pro' })).toBe('experiment');
    expect(source(other({ rollout }), { plan: 'free' })).toBe('champion');
    expect(source(other({ rollout }), { plan: 'pro' }, true)).toBe('champion');
    expect(source(other({ rollout, killedBy: 'gate' }), { plan: 'pro' })).toBe('champion');
    const experiments = [anExperiment({ ranges: [[0, 1]], overrides: { 'user-1': 'b' } })];
    expect(source(other({ experiments }))).toBe('experiment');
    expect(source(other({ champion: null }))).toBe('champion');
  });

  it.each<[string, RulesetTask[], string]>([
    ['an unknown task', [waiting('reply', { task: 'gone', variants: ['b'] })], '"gone" is no task here'],
    [
      'a task of another unit type',
      [aTask({ key: 'first', unitType: 'tenant' }), waiting('reply', { task: 'first', variants: ['b'] })],
      'randomises each tenant, not each user',
    ],
    [
      'nothing asked',
      [split('first'), waiting('reply', { task: 'first' })],
      'asks for no model and no variant',
    ],
    ['itself', [waiting('reply', { task: 'reply', variants: ['b'] })], '"reply" waits for "reply" in turn'],
    [
      'a circle',
      [
        waiting('reply', { task: 'x', variants: ['b'] }),
        waiting('x', { task: 'y', variants: ['b'] }),
        waiting('y', { task: 'reply', variants: ['b'] }),
      ],
      '"x" waits for "reply" in turn',
    ],
  ])('are left out with their experiment for %s', (_what, tasks, problem) => {
    const rules = compileRuleset(aRuleset(tasks));
    expect(rules.problems.join('\n')).toContain(`experiment reply-test: its prerequisite`);
    expect(rules.problems.join('\n')).toContain(problem);
    expect(decide(rules, 'reply', 'user-1').reason).toBe('DEFAULT');
  });

  it('are still asked of a task whose own circle was left out', () => {
    const rules = compileRuleset(
      aRuleset([
        waiting('x', { task: 'y', variants: ['b'] }),
        waiting('y', { task: 'x', variants: ['b'] }),
        waiting('reply', { task: 'x', models: ['old'] }),
      ]),
    );
    expect(rules.problems).toHaveLength(2);
    expect(decide(rules, 'reply', 'user-1').source).toBe('experiment');
  });

  it('go sixteen tasks deep and no deeper', () => {
    const chain = Array.from({ length: 18 }, (_, n) =>
      n === 0 ? split('t0') : waiting(`t${n}`, { task: `t${n - 1}`, models: ['old', 'new'] }),
    );
    const rules = compileRuleset(aRuleset(chain));
    expect(rules.problems).toEqual([
      'task t17: experiment t17-test: its prerequisites go deeper than 16 tasks',
    ]);
    expect(decide(rules, 't16', 'user-1').source).toBe('experiment');
  });

  it('are told in words', () => {
    const rules = compileRuleset(
      aRuleset([split('first'), waiting('second', { task: 'first', models: ['new'], variants: ['b'] })]),
    );
    const details = users.map((user) =>
      explain(rules, 'second', user)
        .steps.map((step) => step.detail)
        .join(' '),
    );
    expect(details.find((text) => text.includes('does not hold'))).toContain(
      'but a prerequisite does not hold: task "first" answers variant "a" (old@1) where model new and variant b is asked for.',
    );
    expect(details.find((text) => text.includes('its prerequisites hold'))).toContain(
      'its prerequisites hold (task "first" answers variant "b" (new@1) where model new and variant b is asked for), and variant position',
    );
  });
});

describe('a closed gate', () => {
  it('answers the champion before anything else, and says which gate', () => {
    const task = aTask({
      killedBy: 'contender.reply',
      experiments: [anExperiment({ overrides: { 'user-1': 'b' } })],
    });
    const { decision, steps } = explain(compileRuleset(aRuleset([task])), 'reply', 'user-1');
    expect(decision).toMatchObject({
      reason: 'DISABLED',
      source: 'champion',
      model: { key: 'old' },
      exposes: false,
    });
    expect(steps.map((step) => step.detail).join(' ')).toContain(
      'gate "contender.reply" in the upstream flag server is closed',
    );
  });
});

describe('segments of a ruleset', () => {
  const audience = { all: [{ segment: 'payers' }, { not: { segment: 'testers' } }] } as const;
  const task = aTask({ experiments: [anExperiment({ audience })] });
  const payers = { attribute: 'plan', operator: 'in', value: ['pro', 'team'] } as const;
  const testers = { attribute: 'tags', operator: 'contains', value: 'test' } as const;

  it('are resolved when the ruleset is compiled, and named in explanations', () => {
    const rules = compileRuleset(aRuleset([task], { segments: { payers, testers } }));
    expect(decide(rules, 'reply', 'user-1', { plan: 'pro' }).source).toBe('experiment');
    expect(decide(rules, 'reply', 'user-1', { plan: 'pro', tags: ['test'] }).source).toBe('champion');
    const told = (attributes: object) =>
      explain(rules, 'reply', 'user-1', { ...attributes })
        .steps.map((step) => step.detail)
        .join(' ');
    expect(told({ plan: 'pro' })).toContain(
      'in its audience (in segment "payers", not in segment "testers")',
    );
    expect(told({ plan: 'free' })).toContain(
      'but the attributes are not in its audience (not in segment "payers", not in segment "testers").',
    );
  });

  it.each<[object, string]>([
    [{ payers }, 'segment "testers" is not known'],
    [{ payers, testers: { segment: 'testers' } }, 'segment "testers" contains itself'],
    [{ payers: { attribute: 'plan', operator: 'like' }, testers }, 'segment "payers"'],
  ])('leave out an experiment that names a broken one', (segments, problem) => {
    const rules = compileRuleset(aRuleset([task], { segments: segments as never }));
    expect(rules.problems).toEqual([expect.stringContaining(problem)]);
    expect(decide(rules, 'reply', 'user-1', { plan: 'pro' }).reason).toBe('DEFAULT');
  });
});
