import fc from 'fast-check';
import { type AssignmentFacts, AssignmentTokens } from './assignment-token.js';

const tokens = new AssignmentTokens('production', 'a secret');
const facts: AssignmentFacts = {
  environment: 'production',
  task: 'reply',
  unitType: 'user',
  unit: 'Zoë 😀',
  model: 'new@1',
  issuedAt: new Date('2026-01-05T10:00:00.123Z'),
  subject: { kind: 'rollout', id: 'r1', key: 'tone-v2', epoch: 3, variant: 'challenger', carried: true },
};

const A1 =
  'a1.WyJwcm9kdWN0aW9uIiwicmVwbHkiLCJ1c2VyIiwiWm_DqyDwn5iAIiwibmV3QDEiLDE3Njc2MDcyMDAxMjMsInJvbGxvdXQiLCJyMSIsInRvbmUtdjIiLDMsImNoYWxsZW5nZXIiLDFd.B-sBtHp0isLeJmXIfFVYBw';

describe('assignment tokens', () => {
  it('come back as what was issued, with and without a subject', () => {
    expect(tokens.verify(tokens.issue(facts))).toEqual(facts);
    const champion = { ...facts, subject: null, model: null, unit: '' };
    expect(tokens.verify(tokens.issue(champion))).toEqual(champion);
  });

  it.each(['user-42', '~', '~user', 'a.b', 'Zoë', ' ', 'A_-9'])('carry any unit: %p', (unit) => {
    const token = tokens.issue({ ...facts, unit });
    expect(token.split('.')).toHaveLength(5);
    expect(tokens.verify(token)).toEqual({ ...facts, unit });
  });

  it('are refused from another environment or under another secret', () => {
    expect(new AssignmentTokens('production', 'other').verify(tokens.issue(facts))).toBeNull();
    expect(new AssignmentTokens('staging', 'a secret').verify(tokens.issue(facts))).toBeNull();
  });

  it('are refused when any character is changed', () => {
    const token = tokens.issue(facts);
    for (let index = 0; index < token.length; index += 1) {
      const other = token[index] === 'A' ? 'E' : 'A';
      const changed = token.slice(0, index) + other + token.slice(index + 1);
      // The last character of a base64 text has bits that stand for nothing.
      if (index < token.length - 1) expect(tokens.verify(changed)).toBeNull();
    }
  });

  it('never make verification throw', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `a1.${text}.${text}`),
          fc.string().map((text) => `a2.${text}.${text}.${text}.${text}`),
        ),
        (text) => {
          expect(tokens.verify(text)).toBeNull();
        },
      ),
    );
    expect(tokens.verify(`a1.${'a'.repeat(10_000)}.x`)).toBeNull();
  });

  it('of the first version are still read', () => {
    // Issued for `facts` under 'a secret' by the code of version 0.1.0.
    expect(tokens.verify(A1)).toEqual(facts);
    expect(tokens.verify(A1.replace('a1.', 'a2.'))).toBeNull();
  });

  it('cannot be put together from parts of others', () => {
    const part = (token: string) => token.split('.');
    const one = part(tokens.issue(facts));
    const other = part(tokens.issue({ ...facts, unit: 'someone else', subject: null }));
    expect(one).toHaveLength(5);
    for (let index = 1; index < 5; index += 1) {
      const mixed = one.with(index, other[index]!).join('.');
      if (one[index] !== other[index]) expect(tokens.verify(mixed)).toBeNull();
    }
  });
});
