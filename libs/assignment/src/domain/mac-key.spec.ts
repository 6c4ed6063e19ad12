import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { MacKey } from './mac-key.js';

describe('a key that signs', () => {
  it('makes the same signatures as node:crypto, whatever the secret and the text', () => {
    const secrets = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.string({ maxLength: 70 }));
    const texts = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 3000 }), fc.string({ maxLength: 6000 }));
    fc.assert(
      fc.property(secrets, texts, (secret, text) => {
        const expected = createHmac('sha256', secret).update(text).digest('base64url');
        const key = new MacKey(secret);
        expect(key.sign(text)).toBe(expected);
        expect(key.sign(text)).toBe(expected);
      }),
    );
  });
});
