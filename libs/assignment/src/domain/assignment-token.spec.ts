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

describe('assignment tokens', () => {
  it('come back as what was issued, with and without a subject', () => {
    expect(tokens.verify(tokens.issue(facts))).toEqual(facts);
    const champion = { ...facts, subject: null, model: null, unit: '' };
    expect(tokens.verify(tokens.issue(champion))).toEqual(champion);
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
        ),
        (text) => {
          expect(tokens.verify(text)).toBeNull();
        },
      ),
    );
    expect(tokens.verify(`a1.${'a'.repeat(10_000)}.x`)).toBeNull();
  });
});
