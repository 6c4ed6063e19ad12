import { compileRuleset, decide, recompileRuleset, type Ruleset } from '@app/bucketing';
import fc from 'fast-check';
import { applyDelta, DeltaDoesNotFit, deltaOf } from './ruleset-delta.js';
import { aSmallRuleset, rulesets } from './testing/arbitrary-ruleset.js';

describe('what has changed between rulesets', () => {
  it('makes the one into the other, in the order of the other', () => {
    fc.assert(
      fc.property(fc.option(rulesets), rulesets, (previous, next) => {
        const made = applyDelta(previous, structuredClone(deltaOf(previous, next)));
        expect(made).toEqual(next);
        // The text too: whoever asks for the whole gets what was published.
        expect(JSON.stringify(made)).toBe(JSON.stringify(next));
      }),
    );
  });

  it('names where a key came, not all that stayed', () => {
    const subjects = (...keys: string[]) =>
      ({ subjects: Object.fromEntries(keys.map((key) => [key, { key }])) }) as unknown as Ruleset;
    const { records } = deltaOf(subjects('a', 'b', 'd'), subjects('a', 'b', 'c', 'd'));
    expect(records.subjects).toEqual({
      changed: { c: { key: 'c' } },
      splice: { at: 2, removed: 0, inserted: ['c'] },
    });
  });

  it('leaves what has not changed the same object, so that it is not compiled again', () => {
    const before = compileRuleset(aSmallRuleset(1));
    const next = aSmallRuleset(2);
    const moved: Ruleset = {
      ...next,
      tasks: { ...next.tasks, reply: { ...next.tasks.reply!, champion: 'new@1' } },
    };
    const delta = deltaOf(before.ruleset, moved);
    expect(Object.keys(delta.records.tasks!.changed)).toEqual(['reply']);
    expect(Object.keys(delta.records.models!.changed)).toEqual([]);
    const after = recompileRuleset(before, applyDelta(before.ruleset, structuredClone(delta)));
    expect(after.tasks.get('summary')).toBe(before.tasks.get('summary'));
    expect(after.version).toBe(2);
    expect(decide(after, 'summary', 'u').model?.key).toBe('old');
    expect(after.tasks.get('reply')!.champion?.key).toBe('new');
  });

  it('does not make up what it takes over and nobody has', () => {
    const delta = deltaOf(aSmallRuleset(1), aSmallRuleset(2));
    const { tasks } = aSmallRuleset(1);
    const another = { ...aSmallRuleset(1), tasks: { summary: tasks.summary! } };
    const change = { changed: { reply: tasks.reply! }, splice: null };
    expect(() => applyDelta(another, { ...delta, records: { ...delta.records, tasks: change } })).toThrow(
      DeltaDoesNotFit,
    );
    const more = { changed: {}, splice: { at: 0, removed: 0, inserted: ['reply'] } };
    expect(() => applyDelta(another, { ...delta, records: { ...delta.records, tasks: more } })).toThrow(
      DeltaDoesNotFit,
    );
  });
});
