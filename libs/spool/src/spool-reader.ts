import { type FileHandle, open, rm } from 'node:fs/promises';
import { MAX_PAYLOAD_BYTES, readRecord, RECORD_HEADER_BYTES } from './record.js';
import { isSegment, type Segment, SEGMENT_MAGIC, setAside } from './segment.js';
import type { SpoolWriter } from './spool-writer.js';

/** Told of bytes that cannot be read; `aside` is where they are kept. */
export type OnDamage = (damage: {
  readonly file: string;
  readonly at: number;
  readonly aside: string | null;
}) => void;

/** Reads records in the order in which they were appended, and gives back what is done with. One at a time. */
export class SpoolReader {
  private open: { segment: Segment; handle: FileHandle } | null = null;
  /** Where the next record begins in the oldest segment. */
  private at = SEGMENT_MAGIC.length;
  /** Where the one after what `next` returned begins. */
  private after = SEGMENT_MAGIC.length;

  constructor(
    private readonly segments: Segment[],
    private readonly writer: SpoolWriter,
    private readonly onDamage: OnDamage,
  ) {}

  /** Whether nothing is left to read. */
  get empty(): boolean {
    return this.segments.every(({ size }, index) =>
      index === 0 ? this.at >= size : size <= SEGMENT_MAGIC.length,
    );
  }

  /**
   * The oldest records, up to about so many bytes of them but at least one; null when there is none. The same ones
   * again until `release`.
   */
  async next(maxBytes: number): Promise<Buffer[] | null> {
    for (;;) {
      const segment = this.segments[0];
      if (!segment) return null;
      const payloads = await this.read(segment, maxBytes);
      if (payloads.length > 0) return payloads;
      if (segment !== this.segments[0] || this.at < segment.size) continue;
      if (segment === this.writer.active) {
        await this.writer.endSegment();
        if (segment === this.writer.active) return null;
      }
      await this.dispose(segment);
    }
  }

  /** What `next` returned is done with and will not be returned again by this process. */
  release(): void {
    this.at = this.after;
  }

  async close(): Promise<void> {
    await this.open?.handle.close();
    this.open = null;
  }

  private async read(segment: Segment, maxBytes: number): Promise<Buffer[]> {
    const payloads: Buffer[] = [];
    const { size } = segment;
    if (this.at >= size) return payloads;
    const handle = await this.handleOf(segment);
    if (this.at === SEGMENT_MAGIC.length && !isSegment(await readAt(handle, 0, this.at))) {
      await this.skipDamage(segment, null, Buffer.alloc(0));
      return payloads;
    }
    const window = await readAt(
      handle,
      this.at,
      Math.min(size - this.at, Math.max(maxBytes, RECORD_HEADER_BYTES)),
    );
    let bytes = window;
    let place = 0;
    for (;;) {
      let found = readRecord(bytes, place);
      if (found.kind === 'torn' && payloads.length === 0 && this.at + bytes.length < size) {
        bytes = await this.readLong(handle, bytes, size);
        found = readRecord(bytes, place);
      }
      if (found.kind === 'record') {
        payloads.push(found.payload);
        place = found.end;
        this.after = this.at + place;
        continue;
      }
      if (payloads.length > 0) return payloads;
      await this.skipDamage(segment, found.kind === 'damaged' ? found.end : null, bytes);
      return payloads;
    }
  }

  /** The first record when it is longer than the window. */
  private async readLong(handle: FileHandle, window: Buffer, size: number): Promise<Buffer> {
    const length = window.length >= 4 ? window.readUInt32LE(0) : 0;
    const whole = RECORD_HEADER_BYTES + length;
    if (length > MAX_PAYLOAD_BYTES || this.at + whole > size) return window;
    return readAt(handle, this.at, whole);
  }

  /** Steps over a record whose length still leads to another one; else over all the rest of the segment. */
  private async skipDamage(segment: Segment, end: number | null, bytes: Buffer): Promise<void> {
    const { file, size } = segment;
    const at = this.at;
    const following = end === null ? null : readRecord(bytes, end);
    const leads =
      following?.kind === 'record' || (end !== null && at + end < size && following?.kind === 'torn');
    if (end !== null && leads) {
      this.at += end;
      this.onDamage({ file, at, aside: null });
      return;
    }
    this.at = size;
    if (segment === this.writer.active) {
      this.onDamage({ file, at, aside: null });
      return;
    }
    await this.close();
    this.segments.shift();
    this.onDamage({ file, at, aside: await setAside(segment) });
    this.rewind();
  }

  private async handleOf(segment: Segment): Promise<FileHandle> {
    if (this.open?.segment !== segment) {
      await this.close();
      this.open = { segment, handle: await open(segment.file, 'r') };
    }
    return this.open!.handle;
  }

  private async dispose(segment: Segment): Promise<void> {
    if (this.segments[0] !== segment) return;
    await this.close();
    this.segments.shift();
    this.rewind();
    await rm(segment.file, { force: true });
  }

  private rewind(): void {
    this.at = SEGMENT_MAGIC.length;
    this.after = this.at;
  }
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
