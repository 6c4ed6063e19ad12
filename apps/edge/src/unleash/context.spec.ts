import { assignmentsRequestOf, contextOfQuery } from './context.js';

const types = ['user', 'session', 'conversation'];
const unitsOf = (context: Parameters<typeof assignmentsRequestOf>[0]) =>
  assignmentsRequestOf(context, types).units;

describe('the units of an Unleash context', () => {
  it('come from the field of their type', () => {
    const context = { userId: 'u-1', sessionId: 's-1', properties: { conversation: 7 } };
    expect(unitsOf(context)).toEqual({ user: 'u-1', session: 's-1', conversation: '7' });
  });

  it('may hold whatever else Unicode has', () => {
    expect(unitsOf({ userId: '\u{1F600}\uFFFD' })).toEqual({ user: '\u{1F600}\uFFFD' });
  });

  it.each(['', 'a\u0000b', 'half \ud800', '\udc00 half', 'x'.repeat(257)])(
    'are missing where the id is none that can be kept: %j',
    (id) => {
      expect(unitsOf({ userId: id, sessionId: 's-1', properties: { conversation: id } })).toEqual({
        session: 's-1',
      });
    },
  );

  it('are missing where a query says U+0000', () => {
    expect(unitsOf(contextOfQuery('/api/frontend?userId=a%00b&sessionId=s'))).toEqual({ session: 's' });
  });
});
