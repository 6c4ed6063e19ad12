import { type FileHandle, open } from 'node:fs/promises';
import { encodeRecord } from './record.js';
import { type Segment, SEGMENT_MAGIC, segmentFile, syncFolder } from './segment.js';
import { SpoolFailed, SpoolFull, spoolError } from './spool-error.js';

export interface SpoolLimits {
  /** Bytes of all segments together; beyond it `SpoolFull`. */
  readonly maxBytes: number;
  /** A segment that has this many bytes is ended and another begun: what is drained is given back in such pieces. */
  readonly segmentBytes: number;
}

interface Waiting {
  readonly record: Buffer;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Opens a file for writing; another one in tests, to meet a full disk. */
export type OpenFile = (
  file: string,
) => Promise<Pick<FileHandle, 'writev' | 'datasync' | 'truncate' | 'close'>>;

/** New, and nobody else's: what is in it may be told to anybody who can read it. */
export const createFile = (file: string): Promise<FileHandle> => open(file, 'wx', 0o600);

/** Largest group of records that goes to disk in one write. */
const GROUP_BYTES = 8 * 1024 * 1024;

/**
 * Appends records to segments. While one group is being written and synced the next one gathers: a hundred callers
 * wait for two syncs, not for a hundred.
 */
export class SpoolWriter {
  private queue: Waiting[] = [];
  private queuedBytes = 0;
  private writing = false;
  private idle = Promise.resolve();
  private current: { segment: Segment; handle: Awaited<ReturnType<OpenFile>> } | null = null;
  private closed = false;

  constructor(
    private readonly folder: string,
    private readonly limits: SpoolLimits,
    /** Shared with the reader; the last one may be the one being written. */
    private readonly segments: Segment[],
    private nextNumber: number,
    private readonly openFile: OpenFile,
  ) {}

  /** The segment that may still grow. */
  get active(): Segment | null {
    return this.current?.segment ?? null;
  }

  /** Bytes on disk and on their way there. */
  get bytes(): number {
    return this.segments.reduce((sum, { size }) => sum + size, this.queuedBytes);
  }

  /**
   * Resolves when the record is on disk.
   *
   * @throws SpoolFull, SpoolFailed: it is not known to be kept
   */
  append(payload: Uint8Array): Promise<void> {
    if (this.closed) return Promise.reject(new SpoolFailed('the spool is closed'));
    const record = encodeRecord(payload);
    const { maxBytes } = this.limits;
    if (this.bytes + record.length + SEGMENT_MAGIC.length > maxBytes) {
      return Promise.reject(new SpoolFull(`the spool holds ${this.bytes} of ${maxBytes} bytes`));
    }
    return new Promise((resolve, reject) => {
      this.queue.push({ record, resolve, reject });
      this.queuedBytes += record.length;
      if (!this.writing) this.idle = this.writeAll();
    });
  }

  /** Ends the segment being written, unless something is on its way into it; what is in it can then be given back. */
  async endSegment(): Promise<void> {
    if (!this.current || this.writing) return;
    const { handle } = this.current;
    this.current = null;
    await handle.close();
  }

  /** Takes nothing more, and resolves when what it took is on disk or refused. */
  async close(): Promise<void> {
    this.closed = true;
    await this.idle;
    await this.endSegment();
  }

  private async writeAll(): Promise<void> {
    this.writing = true;
    while (this.queue.length > 0) {
      const group = this.takeGroup();
      const bytes = group.reduce((sum, { record }) => sum + record.length, 0);
      try {
        await this.writeGroup(group, bytes);
        this.queuedBytes -= bytes;
        for (const { resolve } of group) resolve();
      } catch (cause) {
        this.queuedBytes -= bytes;
        const error = spoolError(cause);
        for (const { reject } of group) reject(error);
      }
    }
    // In the same step as the last look at the queue: whoever comes next begins anew.
    this.writing = false;
  }

  private takeGroup(): Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const { record } of this.queue) {
      if (count > 0 && bytes + record.length > GROUP_BYTES) break;
      bytes += record.length;
      count += 1;
    }
    return this.queue.splice(0, count);
  }

  private async writeGroup(group: readonly Waiting[], bytes: number): Promise<void> {
    if (this.current && this.current.segment.size >= this.limits.segmentBytes) await this.abandon();
    this.current ??= await this.begin();
    const { segment, handle } = this.current;
    try {
      await writeWhole(
        handle,
        group.map(({ record }) => record),
        segment.size,
      );
      await handle.datasync();
    } catch (error) {
      // Part of it may be there. It is cut off again, and nothing is written behind it: after a failed sync nobody
      // knows what the disk holds.
      await handle.truncate(segment.size).catch(() => undefined);
      await this.abandon();
      throw error;
    }
    segment.size += bytes;
  }

  private async abandon(): Promise<void> {
    const handle = this.current?.handle;
    this.current = null;
    await handle?.close().catch(() => undefined);
  }

  private async begin(): Promise<NonNullable<SpoolWriter['current']>> {
    const number = this.nextNumber;
    this.nextNumber += 1;
    const file = segmentFile(this.folder, number);
    const handle = await this.openFile(file);
    try {
      await writeWhole(handle, [SEGMENT_MAGIC], 0);
      await syncFolder(this.folder);
    } catch (error) {
      await handle.truncate(0).catch(() => undefined);
      await handle.close().catch(() => undefined);
      this.segments.push({ number, file, size: 0 });
      throw error;
    }
    const segment = { number, file, size: SEGMENT_MAGIC.length };
    this.segments.push(segment);
    return { segment, handle };
  }
}

async function writeWhole(
  handle: Awaited<ReturnType<OpenFile>>,
  buffers: Buffer[],
  position: number,
): Promise<void> {
  let rest = buffers;
  let at = position;
  while (rest.length > 0) {
    const { bytesWritten } = await handle.writev(rest, at);
    at += bytesWritten;
    let left = bytesWritten;
    let whole = 0;
    while (whole < rest.length && left >= rest[whole]!.length) {
      left -= rest[whole]!.length;
      whole += 1;
    }
    rest = rest.slice(whole);
    if (left > 0) rest[0] = rest[0]!.subarray(left);
  }
}
