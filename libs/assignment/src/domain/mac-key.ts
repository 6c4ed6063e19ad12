import { createHash, hash } from 'node:crypto';

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;
/** Longer texts are signed all the same, in a buffer of their own. */
const ROOM_BYTES = 4096;

/**
 * A key that signs short texts: HMAC-SHA-256 (RFC 2104).
 *
 * The same figures as `createHmac`, by two one-shot hashes over a block that holds the padded key: at some hundred
 * bytes a text, `createHmac` spends two thirds of its time on making objects.
 */
export class MacKey {
  private readonly inner = Buffer.alloc(BLOCK_BYTES + ROOM_BYTES, INNER_PAD);
  private readonly outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES, OUTER_PAD);

  constructor(secret: string) {
    const given = Buffer.from(secret, 'utf8');
    const key = given.length > BLOCK_BYTES ? createHash('sha256').update(given).digest() : given;
    for (const [index, byte] of key.entries()) {
      this.inner[index]! ^= byte;
      this.outer[index]! ^= byte;
    }
  }

  /** @returns 43 characters in base64url, which stand for 256 bits */
  sign(text: string): string {
    // Three bytes at most for each UTF-16 unit.
    const fits = text.length * 3 <= ROOM_BYTES;
    const inner = fits
      ? this.inner
      : Buffer.concat([this.inner.subarray(0, BLOCK_BYTES), Buffer.alloc(text.length * 3)]);
    const length = inner.write(text, BLOCK_BYTES, 'utf8');
    const digest = hash('sha256', inner.subarray(0, BLOCK_BYTES + length), 'binary');
    this.outer.write(digest, BLOCK_BYTES, 'latin1');
    return hash('sha256', this.outer, 'base64url');
  }
}
