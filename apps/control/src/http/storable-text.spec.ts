import type { Request, Response } from 'express';
import { refuseUnstorableText } from './storable-text.js';

function refusal(body: unknown): unknown {
  let passed: unknown = 'not called';
  refuseUnstorableText({ body } as Request, {} as Response, (error?: unknown) => (passed = error));
  return passed;
}

describe('a text in a body', () => {
  it.each([
    ['a NUL', { variants: [{ key: 'a' }, { key: 'a\u0000b' }] }, 'variants.1.key must not hold U+0000'],
    ['half a character', { tags: ['a\ud800'] }, 'tags.0 must not hold half a character (a lone surrogate)'],
    ['one in a name', { parameters: { 'a\u0000': 1 } }, 'parameters must not hold U+0000'],
  ])('is refused where it holds %s', (_name, body, message) => {
    expect(refusal(body)).toMatchObject({ code: 'VALIDATION_FAILED', message });
  });

  it('refuses a body of a hundred thousand brackets without walking them', () => {
    const deep: unknown = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));
    expect(refusal({ parameters: deep })).toMatchObject({ code: 'VALIDATION_FAILED' });
  });

  it.each([[{ name: '🦊 naïve\n' }], [undefined], [[1, null, true, 'x']]])('passes otherwise: %j', (body) => {
    expect(refusal(body)).toBeUndefined();
  });
});
