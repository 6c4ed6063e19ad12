import { formatApiKey, hashSecret, newApiKeyText } from '@app/governance';
import { aPublishedRuleset } from '../testing/edge.fixtures.js';
import { EdgeState } from './edge-state.js';

const published = (version: number) => ({
  environment: 'production',
  version,
  body: JSON.stringify(aPublishedRuleset(version)),
});

const aState = (): EdgeState => {
  const state = new EdgeState();
  state.takeAccess({ keys: [], secrets: { production: 'one' } });
  return state;
};

describe('the state of an edge', () => {
  it('never goes backwards', () => {
    const state = aState();
    expect([2, 1, 2, 3].map((version) => state.takeRuleset(published(version)))).toEqual([
      true,
      false,
      false,
      true,
    ]);
    expect(state.environment('production')!.snapshot.version).toBe(3);
  });

  it('keeps the rules it has when newer ones cannot be read', () => {
    const state = aState();
    state.takeRuleset(published(1));
    const unreadable = JSON.stringify({ ...aPublishedRuleset(2), format: 99 });
    const quiet = jest.spyOn(console, 'error').mockReturnValue();
    expect(state.takeRuleset({ environment: 'production', version: 2, body: unreadable })).toBe(false);
    expect(state.takeRuleset({ environment: 'production', version: 3, body: '{' })).toBe(false);
    quiet.mockRestore();
    expect(state.environment('production')!.snapshot.version).toBe(1);
    expect(state.takeRuleset(published(4))).toBe(true);
  });

  it('starts anew with another database, whose version numbers say nothing about the old ones', () => {
    const state = aState();
    state.takeRuleset(published(50));
    state.takeAccess({ keys: [], secrets: { production: 'of another database' } });
    expect(state.takeRuleset(published(1))).toBe(true);
  });

  it('answers from an empty ruleset only once the database has said that there is none', () => {
    const state = aState();
    expect(state.environment('production')).toBeNull();
    state.confirm(1);
    expect(state.environment('production')!.snapshot.version).toBe(0);
    expect(state.takeRuleset(published(1))).toBe(true);
  });

  it('recognises service keys until they are revoked', () => {
    const state = aState();
    const key = newApiKeyText('production', 'service');
    const text = formatApiKey(key);
    const known = {
      keyId: key.keyId,
      environment: 'production',
      salt: 's',
      hash: hashSecret('s', key.secret),
    };
    expect(state.recognise(text)).toEqual({ kind: 'unknown' });
    state.takeAccess({ keys: [known], secrets: { production: 'one' } });
    expect(state.recognise(text)).toEqual({ kind: 'known', environment: 'production' });
    expect(state.recognise(text.replace('production', 'staging'))).toEqual({ kind: 'unknown' });
    expect(state.recognise(formatApiKey({ ...key, secret: '0'.repeat(40) }))).toEqual({ kind: 'unknown' });
    expect(state.recognise(formatApiKey(newApiKeyText(null, 'admin')))).toEqual({
      kind: 'wrong-role',
      role: 'admin',
    });
    expect(state.recognise('nonsense')).toEqual({ kind: 'malformed' });
    state.takeAccess({ keys: [], secrets: { production: 'one' } });
    expect(state.recognise(text)).toEqual({ kind: 'unknown' });
  });
});
