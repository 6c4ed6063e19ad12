import { createHmac } from 'node:crypto';

/**
 * How an erased unit, or an inference made for it, is known afterwards: by a digest under a secret of its environment,
 * so that what arrives late is recognised and the table tells nobody who was erased.
 *
 * @returns 32 bytes
 */
export function erasedDigest(secret: string, kind: 'unit' | 'inference', name: string): Buffer {
  return createHmac('sha256', secret).update(`${kind}\u001f${name}`).digest();
}
