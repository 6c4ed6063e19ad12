import { assign } from '@app/assignment';
import { compileRuleset } from '@app/bucketing';
import { aCarryingRuleset, aPublishedRuleset, KEPT, NOW, someTokens } from '../testing/edge.fixtures.js';
import { assignmentsRequestOf, remoteFeatureOf } from './remote-feature.js';

const compiled = compileRuleset(aPublishedRuleset());
const unitsOf = (attributes: Record<string, unknown>) => assignmentsRequestOf(attributes, compiled).units;

describe('the units of a GrowthBook context', () => {
  it('come from the attribute of their type, as texts', () => {
    expect(unitsOf({ id: 'u-1', conversation: 7 })).toEqual({ user: 'u-1', conversation: '7' });
    expect(unitsOf({ id: '\u{1F600}\uFFFD' })).toEqual({ user: '\u{1F600}\uFFFD' });
  });

  it.each(['', 'a\u0000b', 'half \ud800', '\udc00 half', 'x'.repeat(257), null, true, ['u-1']])(
    'are missing where the id is none that can be kept: %j',
    (id) => {
      expect(unitsOf({ id, conversation: 'c-1' })).toEqual({ conversation: 'c-1' });
    },
  );
});

describe('a feature that was evaluated here', () => {
  const carrying = compileRuleset(aCarryingRuleset());
  const featureOf = (conversation: string) => {
    const asked = assignmentsRequestOf({ conversation }, carrying);
    const by = { ruleset: carrying, tokens: someTokens, now: NOW, stale: false };
    const [answer] = assign({ ...asked, tasks: ['summary'] }, by).response.assignments;
    return remoteFeatureOf(answer!, carrying, asked) as {
      defaultValue: { variant: string };
      rules?: [{ tracks: Array<{ result: { key: string } }> }];
    };
  };

  it('tracks whoever was drawn, and nobody who keeps a winner', () => {
    expect(featureOf(KEPT)).toMatchObject({ defaultValue: { variant: 'challenger', rollout: 'warm' } });
    expect(featureOf(KEPT).rules).toBeUndefined();
    const drawn = Array.from({ length: 2000 }, (_, n) => featureOf(`d-${n}`)).filter(({ rules }) => rules);
    const arms = new Set(drawn.map(({ rules }) => rules![0].tracks[0]!.result.key));
    expect([...arms].sort()).toEqual(['challenger', 'champion', 'control']);
    expect(drawn.length).toBeGreaterThan(900);
    expect(drawn.length).toBeLessThan(1100);
  });
});
