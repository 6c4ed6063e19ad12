import fc from 'fast-check';
import type { Condition } from '../targeting/condition.js';
import { anExperiment, aModel, aRollout, aRuleset, aTask } from '../testing/ruleset.builder.js';
import type { Ruleset, RulesetTask } from '../ruleset.js';
import { compileRuleset, recompileRuleset } from './compile-ruleset.js';
import { decide } from './decide.js';

const copy = <T>(value: T): T => structuredClone(value);
const payers: Condition = { attribute: 'plan', operator: 'equals', value: 'pro' };
const nested = { payers, friends: { any: [{ segment: 'payers' }] } } as const;
const tasks = (): RulesetTask[] => [
  aTask({ key: 'plain', experiments: [anExperiment()] }),
  aTask({ key: 'aimed', experiments: [anExperiment({ audience: { segment: 'friends' } })] }),
  aTask({
    key: 'waiting',
    experiments: [anExperiment({ prerequisites: [{ task: 'plain', variants: ['b'] }] })],
  }),
  aTask({ key: 'rolling', rollout: aRollout() }),
  aTask({ key: 'broken', champion: 'gone@1' }),
];
const before = compileRuleset(aRuleset(tasks(), { segments: nested }));
const kept = (ruleset: Ruleset): string[] => {
  const after = recompileRuleset(before, ruleset);
  return [...after.tasks].filter(([key, task]) => before.tasks.get(key) === task).map(([key]) => key);
};

describe('recompileRuleset', () => {
  it('takes over every task when nothing has changed but the version', () => {
    const next = copy(
      aRuleset(tasks(), { segments: nested, version: 2, publishedAt: '2026-02-01T00:00:00.000Z' }),
    );
    expect(kept(next)).toEqual(['plain', 'aimed', 'waiting', 'rolling', 'broken']);
    expect(recompileRuleset(before, next)).toMatchObject({
      version: 2,
      ruleset: next,
      problems: before.problems,
    });
  });

  it('compiles anew what a change can be seen in', () => {
    const all = ['plain', 'aimed', 'waiting', 'rolling', 'broken'];
    const without = (...gone: string[]) => all.filter((key) => !gone.includes(key));
    const next = (change: (ruleset: { -readonly [K in keyof Ruleset]: Ruleset[K] }) => void): Ruleset => {
      const ruleset = copy(aRuleset(tasks(), { segments: nested, version: 2 }));
      change(ruleset);
      return ruleset;
    };
    const withTask = (task: RulesetTask) =>
      next((ruleset) => (ruleset.tasks = { ...ruleset.tasks, [task.key]: task }));
    expect(kept(withTask(aTask({ key: 'rolling', rollout: aRollout({ share: 0.11 }) })))).toEqual(
      without('rolling'),
    );
    expect(kept(withTask(aTask({ key: 'more' })))).toEqual(all);
    expect(kept(next((ruleset) => (ruleset.segments = { ...nested, payers: { all: [] } })))).toEqual(
      without('aimed'),
    );
    const renamed = { ...aModel('new'), name: 'another' };
    expect(kept(next((ruleset) => (ruleset.models = { ...ruleset.models, 'new@1': renamed })))).toEqual([
      'broken',
    ]);
    expect(
      kept(next((ruleset) => (ruleset.models = { ...ruleset.models, 'gone@1': aModel('gone') }))),
    ).toEqual(without('broken'));
    const circle = aTask({
      key: 'plain',
      experiments: [anExperiment({ prerequisites: [{ task: 'waiting', variants: ['b'] }] })],
    });
    expect(kept(withTask(circle))).toEqual(without('plain', 'waiting'));
  });

  it('decides as a fresh compilation does, after any series of changes', () => {
    const arbitraryTask = fc.record({
      key: fc.constantFrom('a', 'b', 'c', 'd'),
      paused: fc.boolean(),
      segment: fc.constantFrom('x', 'y', null),
      waitsFor: fc.constantFrom('a', 'b', 'c', 'd', null),
      killed: fc.boolean(),
    });
    const arbitraryRuleset = fc
      .record({
        tasks: fc.array(arbitraryTask, { maxLength: 6 }),
        x: fc.constantFrom('pro', 'free'),
        hasY: fc.boolean(),
      })
      .map(({ tasks: given, x, hasY }): Ruleset => {
        const all = given.map(({ key, paused, segment, waitsFor, killed }) =>
          aTask({
            key,
            ...(killed ? { killedBy: 'gate' } : {}),
            experiments: [
              anExperiment({
                paused,
                audience: segment === null ? null : { segment },
                prerequisites: waitsFor === null ? [] : [{ task: waitsFor, variants: ['b'] }],
              }),
            ],
          }),
        );
        const segments = { x: { ...payers, value: x }, ...(hasY ? { y: { segment: 'x' } } : {}) } as const;
        return copy(aRuleset(all, { segments }));
      });
    fc.assert(
      fc.property(fc.array(arbitraryRuleset, { minLength: 2, maxLength: 5 }), (series) => {
        let compiled = compileRuleset(series[0]!);
        for (const ruleset of series) {
          compiled = recompileRuleset(compiled, ruleset);
          const fresh = compileRuleset(ruleset);
          expect(compiled.problems).toEqual(fresh.problems);
          for (const task of ['a', 'b', 'c', 'd']) {
            for (const unit of ['u1', 'u2', 'u3']) {
              const attributes = { plan: 'pro' };
              expect(decide(compiled, task, unit, attributes)).toEqual(decide(fresh, task, unit, attributes));
            }
          }
        }
      }),
    );
  });
});
