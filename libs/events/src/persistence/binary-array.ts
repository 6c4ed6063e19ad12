/** Milliseconds from 1970 to 2000, where Postgres begins to count. */
const EPOCH_MS = 946_684_800_000;
/** Dimensions, whether there are nulls, element type, length, lower bound: four bytes each. */
const HEADER_BYTES = 20;
const FIRST_BYTES = 16_384;
const NOTHING = Buffer.alloc(0);
/** Longer texts are worth a call into native code; most ids and keys are not. */
const SHORT_TEXT = 64;

/**
 * A one-dimensional array in Postgres's binary format, written as its values come.
 *
 * The text format costs both sides several times as much: quoting here, parsing there. The driver sends a Buffer as a
 * binary parameter as it is.
 */
export abstract class BinaryArray<Value> {
  /** Values pushed that were not null. */
  filled = 0;
  /** Made when the first value comes: most columns of most batches have none. */
  protected bytes = NOTHING;
  protected at = HEADER_BYTES;
  private length = 0;
  /** Nulls since the last value, not written yet. */
  private nulls = 0;

  /** @param oid the element type's number in Postgres's catalogue */
  protected constructor(private readonly oid: number) {}

  push(value: Value | null): void {
    this.length += 1;
    if (value === null) {
      this.nulls += 1;
      return;
    }
    if (this.nulls > 0) this.writeNulls();
    this.filled += 1;
    this.write(value);
  }

  /** The whole array; nothing may be pushed afterwards. */
  finish(): Buffer {
    this.writeNulls();
    const { bytes, length } = this;
    bytes.writeInt32BE(1, 0);
    bytes.writeInt32BE(this.filled < length ? 1 : 0, 4);
    bytes.writeInt32BE(this.oid, 8);
    bytes.writeInt32BE(length, 12);
    bytes.writeInt32BE(1, 16);
    return bytes.subarray(0, this.at);
  }

  /** Writes the length and the bytes of a value. */
  protected abstract write(value: Value): void;

  protected reserve(count: number): void {
    if (this.at + count <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(FIRST_BYTES, this.bytes.length * 2, this.at + count));
    this.bytes.copy(larger, 0, 0, this.at);
    this.bytes = larger;
  }

  /** Four bytes at `at`, which moves on. By hand: this runs for each value, and the bounds are reserved already. */
  protected writeInt32(value: number): void {
    const { bytes, at } = this;
    bytes[at] = value >>> 24;
    bytes[at + 1] = value >>> 16;
    bytes[at + 2] = value >>> 8;
    bytes[at + 3] = value;
    this.at = at + 4;
  }

  /** A null is the length -1. */
  private writeNulls(): void {
    const count = this.nulls * 4;
    this.reserve(count);
    this.bytes.fill(0xff, this.at, this.at + count);
    this.at += count;
    this.nulls = 0;
  }
}

export class TextArray extends BinaryArray<string> {
  /** @param oid 25 text; another type whose binary form is its text, such as 114 json */
  constructor(oid = 25) {
    super(oid);
  }

  protected override write(value: string): void {
    this.reserve(4 + value.length * 3);
    const length = writeText(this.bytes, value, this.at + 4);
    this.writeInt32(length);
    this.at += length;
  }
}

/** UTF-8, into room that is there. @returns bytes written */
function writeText(bytes: Buffer, value: string, at: number): number {
  const { length } = value;
  if (length > SHORT_TEXT) return bytes.write(value, at);
  for (let place = 0; place < length; place += 1) {
    const code = value.charCodeAt(place);
    if (code > 0x7f) return bytes.write(value, at);
    bytes[at + place] = code;
  }
  return length;
}

/** jsonb: a version, then text. */
export class JsonbArray extends BinaryArray<string> {
  constructor() {
    super(3802);
  }

  protected override write(value: string): void {
    this.reserve(5 + value.length * 3);
    this.bytes[this.at + 4] = 1;
    const length = 1 + this.bytes.write(value, this.at + 5);
    this.writeInt32(length);
    this.at += length;
  }
}

/** bytea, from a string with a character a byte (latin1). */
export class ByteaArray extends BinaryArray<string> {
  constructor() {
    super(17);
  }

  protected override write(value: string): void {
    const { length } = value;
    this.reserve(4 + length);
    this.writeInt32(length);
    for (let place = 0; place < length; place += 1) this.bytes[this.at + place] = value.charCodeAt(place);
    this.at += length;
  }
}

export class DoubleArray extends BinaryArray<number> {
  constructor() {
    super(701);
  }

  protected override write(value: number): void {
    this.reserve(12);
    this.writeInt32(8);
    this.at = this.bytes.writeDoubleBE(value, this.at);
  }
}

export class IntegerArray extends BinaryArray<number> {
  constructor() {
    super(23);
  }

  protected override write(value: number): void {
    this.reserve(8);
    this.writeInt32(4);
    this.writeInt32(value);
  }
}

export class SmallintArray extends BinaryArray<number> {
  constructor() {
    super(21);
  }

  protected override write(value: number): void {
    this.reserve(6);
    this.writeInt32(2);
    this.at = this.bytes.writeInt16BE(value, this.at);
  }
}

/** Milliseconds since 1970 as timestamptz. */
export class InstantArray extends BinaryArray<number> {
  constructor() {
    super(1184);
  }

  protected override write(value: number): void {
    this.reserve(12);
    this.writeInt32(8);
    // Microseconds in two halves: exact in doubles, and without a BigInt for each.
    const microseconds = (value - EPOCH_MS) * 1000;
    const high = Math.floor(microseconds / 2 ** 32);
    this.writeInt32(high);
    this.writeInt32(microseconds - high * 2 ** 32);
  }
}

/** uuid, from its text with hyphens. */
export class UuidArray extends BinaryArray<string> {
  constructor() {
    super(2950);
  }

  protected override write(value: string): void {
    this.reserve(20);
    this.writeInt32(16);
    this.bytes.write(value.replaceAll('-', ''), this.at, 16, 'hex');
    this.at += 16;
  }
}
