import { compileRuleset, decide, recompileRuleset, type Ruleset } from '@app/bucketing';
import fc from 'fast-check';
import { aPublishedRuleset } from '../../testing/edge.fixtures.js';
import { applyDelta, deltaOf } from './ruleset-delta.js';

const entries = fc.dictionary(
  fc.constantFrom('a', 'b', 'c', 'd', '__proto__', 'constructor'),
  fc.oneof(fc.integer({ min: 0, max: 2 }), fc.record({ key: fc.integer({ min: 0, max: 1 }) })),
);
/** Of the shape of a ruleset as far as a delta looks, through JSON as a real one comes. */
const rulesets = fc
  .record(
    {
      format: fc.constant(2),
      version: fc.nat(),
      models: entries,
      tasks: entries,
      subjects: entries,
      segments: entries,
    },
    { requiredKeys: ['format', 'version', 'models', 'tasks', 'subjects'] },
  )
  .map((one) => JSON.parse(JSON.stringify(one)) as Ruleset);

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

  it('leaves what has not changed the same object, so that it is not compiled again', () => {
    const before = compileRuleset(aPublishedRuleset(1));
    const next = aPublishedRuleset(2);
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
});
