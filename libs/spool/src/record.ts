import { crc32c } from './crc32c.js';

/** Bytes before a record's payload: its length, then the checksum over length and payload; both unsigned, little-endian. */
export const RECORD_HEADER_BYTES = 8;

/** A longer one was never written: a length beyond it is damage. */
export const MAX_PAYLOAD_BYTES = 128 * 1024 * 1024;

/**
 * Bytes of a record: header and payload.
 *
 * The checksum covers the length too, so that zeros, which a file system may leave where it had no time to write, are
 * no record.
 *
 * @throws RangeError a payload longer than `MAX_PAYLOAD_BYTES`
 */
export function encodeRecord(payload: Uint8Array): Buffer {
  if (payload.length > MAX_PAYLOAD_BYTES) {
    throw new RangeError(`a record of ${payload.length} bytes is longer than ${MAX_PAYLOAD_BYTES}`);
  }
  const record = Buffer.allocUnsafe(RECORD_HEADER_BYTES + payload.length);
  record.writeUInt32LE(payload.length, 0);
  record.set(payload, RECORD_HEADER_BYTES);
  record.writeUInt32LE(crc32c(payload, crc32c(record.subarray(0, 4))), 4);
  return record;
}

/**
 * What stands at a place of a segment.
 *
 * - `record`: a whole one; the next begins at `end`
 * - `end`: nothing more
 * - `torn`: a beginning without its end, as a write that was cut off leaves it
 * - `damaged`: something else than was written. With an `end` its length may be right and the next begin there.
 */
export type Found =
  | { readonly kind: 'record'; readonly payload: Buffer; readonly end: number }
  | { readonly kind: 'end' }
  | { readonly kind: 'torn' }
  | { readonly kind: 'damaged'; readonly end: number };

/** Reads the record that begins at `at` of a segment's bytes. */
export function readRecord(bytes: Buffer, at: number): Found {
  if (at === bytes.length) return { kind: 'end' };
  if (at + RECORD_HEADER_BYTES > bytes.length) return { kind: 'torn' };
  const length = bytes.readUInt32LE(at);
  const end = at + RECORD_HEADER_BYTES + length;
  if (end > bytes.length) return { kind: 'torn' };
  const payload = bytes.subarray(at + RECORD_HEADER_BYTES, end);
  const checksum = crc32c(payload, crc32c(bytes.subarray(at, at + 4)));
  return checksum === bytes.readUInt32LE(at + 4)
    ? { kind: 'record', payload, end }
    : { kind: 'damaged', end };
}
