import { compileRuleset } from '@app/bucketing';
import { aPublishedRuleset } from '../testing/edge.fixtures.js';
import { assignmentsRequestOf } from './remote-feature.js';

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
