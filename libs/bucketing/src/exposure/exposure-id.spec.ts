import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { exposureId } from './exposure-id.js';
import { sha1 } from './sha1.js';

const hex = (words: readonly number[]): string =>
  words.map((word) => word.toString(16).padStart(8, '0')).join('');

describe('sha1', () => {
  it('agrees with node:crypto for texts of every length around the edges of a block', () => {
    for (let length = 0; length < 200; length += 1) {
      for (const letter of ['a', 'é', '語', '🙂']) {
        const text = letter.repeat(length);
        expect(hex(sha1(new Uint8Array(0), text))).toBe(
          createHash('sha1').update(text, 'utf8').digest('hex'),
        );
      }
    }
  });

  it('agrees with node:crypto for any text after any bytes, lone surrogates included', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 80 }),
        fc.string({ unit: 'binary', maxLength: 300 }),
        (prefix, text) => {
          const expected = createHash('sha1').update(prefix).update(text, 'utf8').digest('hex');
          expect(hex(sha1(prefix, text))).toBe(expected);
        },
      ),
      { numRuns: 500 },
    );
    expect(hex(sha1(new Uint8Array(0), 'a\ud800b'))).toBe(
      createHash('sha1').update('a\ud800b').digest('hex'),
    );
  });
});

describe('the id of an exposure', () => {
  const name = {
    environment: 'production',
    kind: 'experiment',
    key: 'tone',
    epoch: 3,
    unit: 'user-42',
    variant: 'b',
  } as const;

  /** Of Python's uuid.uuid5, the names as json.dumps(…, separators=(',', ':'), ensure_ascii=False) writes them. */
  it.each([
    [name, '9b29b50a-87c6-5cee-9cf0-bcc6bf91668d'],
    [
      { ...name, kind: 'rollout', key: 'tone-v2', epoch: 1, variant: 'challenger' } as const,
      '4603468a-0a9c-5a4f-b173-cd39b33ead1f',
    ],
    [{ ...name, unit: 'Zoë 🙂 語' }, 'da07dff8-f902-513a-b906-8d52540de682'],
    [{ ...name, unit: 'a"b\\c' }, '9bc00838-4915-5d87-a6a6-d239e91f7d3d'],
  ])('is, for %j, what another language makes of it', (given, expected) => {
    expect(exposureId(given)).toBe(expected);
  });

  it('is another one when anything else is', () => {
    const ids = [
      name,
      { ...name, environment: 'staging' },
      { ...name, kind: 'rollout' } as const,
      { ...name, kind: 'holdout' } as const,
      { ...name, key: 'tone2' },
      { ...name, epoch: 4 },
      { ...name, unit: 'user-43' },
      { ...name, variant: 'a' },
    ].map(exposureId);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
