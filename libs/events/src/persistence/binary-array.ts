/** Milliseconds from 1970 to 2000, where Postgres begins to count. */
const EPOCH_MS = 946_684_800_000;
/** Dimensions, whether there are nulls, element type, length, lower bound: four bytes each. */
const HEADER_BYTES = 20;
const FIRST_BYTES = 16_384;

/**
 * A one-dimensional array in Postgres's binary format, written as its values come.
 *
 * The text format costs both sides several times as much: quoting here, parsing there. The driver sends a Buffer as a
 * binary parameter as it is.
 */
export abstract class BinaryArray<Value> {
  /** Values pushed that were not null. */
  filled = 0;
  protected bytes = Buffer.allocUnsafe(FIRST_BYTES);
  protected at = HEADER_BYTES;
  private length = 0;

  /** @param oid the element type's number in Postgres's catalogue */
  protected constructor(private readonly oid: number) {}

  push(value: Value | null): void {
    this.length += 1;
    if (value === null) {
      this.reserve(4);
      this.at = this.bytes.writeInt32BE(-1, this.at);
      return;
    }
    this.filled += 1;
    this.write(value);
  }

  /** The whole array; nothing may be pushed afterwards. */
  finish(): Buffer {
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
    const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.at + count));
    this.bytes.copy(larger, 0, 0, this.at);
    this.bytes = larger;
  }
}

export class TextArray extends BinaryArray<string> {
  /** @param oid 25 text; another type whose binary form is its text, such as 114 json */
  constructor(oid = 25) {
    super(oid);
  }

  protected override write(value: string): void {
    this.reserve(4 + value.length * 3);
    const length = this.bytes.write(value, this.at + 4);
    this.bytes.writeInt32BE(length, this.at);
    this.at += 4 + length;
  }
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
    this.bytes.writeInt32BE(length, this.at);
    this.at += 4 + length;
  }
}

/** bytea, from a string with a character a byte (latin1). */
export class ByteaArray extends BinaryArray<string> {
  constructor() {
    super(17);
  }

  protected override write(value: string): void {
    this.reserve(4 + value.length);
    this.at = this.bytes.writeInt32BE(value.length, this.at);
    this.at += this.bytes.write(value, this.at, 'latin1');
  }
}

export class DoubleArray extends BinaryArray<number> {
  constructor() {
    super(701);
  }

  protected override write(value: number): void {
    this.reserve(12);
    this.at = this.bytes.writeInt32BE(8, this.at);
    this.at = this.bytes.writeDoubleBE(value, this.at);
  }
}

export class IntegerArray extends BinaryArray<number> {
  constructor() {
    super(23);
  }

  protected override write(value: number): void {
    this.reserve(8);
    this.at = this.bytes.writeInt32BE(4, this.at);
    this.at = this.bytes.writeInt32BE(value, this.at);
  }
}

export class SmallintArray extends BinaryArray<number> {
  constructor() {
    super(21);
  }

  protected override write(value: number): void {
    this.reserve(6);
    this.at = this.bytes.writeInt32BE(2, this.at);
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
    this.at = this.bytes.writeInt32BE(8, this.at);
    // Microseconds in two halves: exact in doubles, and without a BigInt for each.
    const microseconds = (value - EPOCH_MS) * 1000;
    const high = Math.floor(microseconds / 2 ** 32);
    this.at = this.bytes.writeInt32BE(high, this.at);
    this.at = this.bytes.writeUInt32BE(microseconds - high * 2 ** 32, this.at);
  }
}

/** uuid, from its text with hyphens. */
export class UuidArray extends BinaryArray<string> {
  constructor() {
    super(2950);
  }

  protected override write(value: string): void {
    this.reserve(20);
    this.at = this.bytes.writeInt32BE(16, this.at);
    this.bytes.write(value.replaceAll('-', ''), this.at, 16, 'hex');
    this.at += 16;
  }
}
