/** Castagnoli's polynomial, bits reversed. */
const POLYNOMIAL = 0x82f63b78;

/** `TABLES[k][b]`: what byte `b` becomes after `k` further zero bytes; eight of them take eight bytes a step. */
const TABLES = tables();

function tables(): Uint32Array[] {
  const first = new Uint32Array(256);
  for (let byte = 0; byte < 256; byte += 1) {
    let value = byte;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
    first[byte] = value;
  }
  const all = [first];
  for (let zeros = 1; zeros < 8; zeros += 1) {
    const before = all[zeros - 1]!;
    all.push(Uint32Array.from(before, (value) => first[value & 0xff]! ^ (value >>> 8)));
  }
  return all;
}

/**
 * CRC-32C (Castagnoli) of bytes, as iSCSI, ext4 and RocksDB use it.
 *
 * @param bytes  any number of bytes
 * @param before the checksum of what stands before them; 0 at the beginning
 * @returns an unsigned 32-bit integer
 * @see RFC 3720, appendix B.4
 */
export function crc32c(bytes: Uint8Array, before = 0): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = TABLES as [
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
  ];
  let crc = ~before;
  let at = 0;
  for (const end = bytes.length - 7; at < end; at += 8) {
    const low = crc ^ (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24));
    crc =
      t7[low & 0xff]! ^
      t6[(low >>> 8) & 0xff]! ^
      t5[(low >>> 16) & 0xff]! ^
      t4[low >>> 24]! ^
      t3[bytes[at + 4]!]! ^
      t2[bytes[at + 5]!]! ^
      t1[bytes[at + 6]!]! ^
      t0[bytes[at + 7]!]!;
  }
  for (; at < bytes.length; at += 1) crc = t0[(crc ^ bytes[at]!) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}
