import {
  formatApiKey,
  hashSecret,
  newApiKeyText,
  newSalt,
  parseApiKey,
  secretMatches,
} from './api-key-text.js';

describe('the text of an API key', () => {
  it('reads back what was written, with and without an environment', () => {
    for (const environment of ['production', 'eu-staging', null]) {
      const key = newApiKeyText(environment, 'editor');
      expect(parseApiKey(formatApiKey(key))).toEqual(key);
    }
  });

  it('has eight digits of id and forty of secret', () => {
    expect(formatApiKey(newApiKeyText('production', 'service'))).toMatch(
      /^ck_production_service_[0-9a-f]{48}$/,
    );
  });

  it.each(['', 'ck_', 'ck_production_owner_' + 'a'.repeat(48), 'ck_production_admin_' + 'a'.repeat(47)])(
    'is not %p',
    (text) => expect(parseApiKey(text)).toBeNull(),
  );
});

describe('a stored secret', () => {
  it('matches itself only under its own salt', () => {
    const salt = newSalt();
    const stored = { salt, hash: hashSecret(salt, 'secret') };
    expect(secretMatches(stored, 'secret')).toBe(true);
    expect(secretMatches(stored, 'Secret')).toBe(false);
    expect(secretMatches({ ...stored, salt: newSalt() }, 'secret')).toBe(false);
  });
});
