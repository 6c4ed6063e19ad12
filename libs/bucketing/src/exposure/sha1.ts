/**
 * SHA-1 of a text's UTF-8 bytes after a fixed prefix of bytes. Only names ids: it protects nothing.
 *
 * Written out because it must run where there is no node:crypto, at once (WebCrypto answers later, and not at all on
 * pages without TLS). A lone surrogate counts as U+FFFD, as everywhere here.
 *
 * @returns the digest as five unsigned 32-bit words
 * @see FIPS 180-4, section 6.1.2; vectors in sha1.spec.ts are of node:crypto
 */
export function sha1(prefix: Uint8Array, text: string): [number, number, number, number, number] {
  const message = padded(prefix, text);
  let h0 = 0x67452301;
  let h1 = 0xefcdab89 | 0;
  let h2 = 0x98badcfe | 0;
  let h3 = 0x10325476;
  let h4 = 0xc3d2e1f0 | 0;
  const w = schedule;
  for (let start = 0; start < message.length; start += 16) {
    for (let t = 0; t < 16; t += 1) w[t] = message[start + t]!;
    for (let t = 16; t < 80; t += 1) {
      const x = w[t - 3]! ^ w[t - 8]! ^ w[t - 14]! ^ w[t - 16]!;
      w[t] = (x << 1) | (x >>> 31);
    }
    let a = h0;
    let b = h1;
    let c = h2;
    let d = h3;
    let e = h4;
    for (let t = 0; t < 80; t += 1) {
      const turned = (((a << 5) | (a >>> 27)) + e) | 0;
      const mixed = (((turned + w[t]!) | 0) + round(t, b, c, d)) | 0;
      e = d;
      d = c;
      c = (b << 30) | (b >>> 2);
      b = a;
      a = mixed;
    }
    h0 = (h0 + a) | 0;
    h1 = (h1 + b) | 0;
    h2 = (h2 + c) | 0;
    h3 = (h3 + d) | 0;
    h4 = (h4 + e) | 0;
  }
  return [h0 >>> 0, h1 >>> 0, h2 >>> 0, h3 >>> 0, h4 >>> 0];
}

/** Working space of one call; nothing is kept in it between calls. */
const schedule = new Int32Array(80);

/** Kept to 32-bit integers: a sum that leaves them would be computed as a double. */
function round(t: number, b: number, c: number, d: number): number {
  if (t < 20) return (((b & c) | (~b & d)) + 0x5a827999) | 0;
  if (t < 40) return ((b ^ c ^ d) + 0x6ed9eba1) | 0;
  if (t < 60) return (((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc) | 0;
  return ((b ^ c ^ d) + 0xca62c1d6) | 0;
}

/** Big-endian words of the message, the bit 1, zeros and the length in bits, in whole blocks of 16 words. */
function padded(prefix: Uint8Array, text: string): Int32Array {
  const most = prefix.length + text.length * 3;
  const words = new Int32Array((((most + 8) >> 6) + 1) << 4);
  let length = 0;
  const push = (byte: number): void => {
    words[length >> 2]! |= byte << (24 - ((length & 3) << 3));
    length += 1;
  };
  for (const byte of prefix) push(byte);
  for (let index = 0; index < text.length; index += 1) {
    let point = text.codePointAt(index)!;
    if (point < 0x80) {
      push(point);
      continue;
    }
    if (point >= 0xd800 && point <= 0xdfff) point = 0xfffd;
    if (point < 0x800) push(0xc0 | (point >> 6));
    else {
      if (point < 0x10000) push(0xe0 | (point >> 12));
      else {
        push(0xf0 | (point >> 18));
        push(0x80 | ((point >> 12) & 0x3f));
        index += 1;
      }
      push(0x80 | ((point >> 6) & 0x3f));
    }
    push(0x80 | (point & 0x3f));
  }
  const bits = length * 8;
  push(0x80);
  const blocks = ((length + 7) >> 6) + 1;
  const message = words.subarray(0, blocks << 4);
  message[message.length - 1] = bits | 0;
  return message;
}
