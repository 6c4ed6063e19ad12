import { mkdir } from 'node:fs/promises';
import { lockFolder } from './folder-lock.js';
import { cutTornEnd, listSegments } from './segment.js';
import { type OnDamage, SpoolReader } from './spool-reader.js';
import { createFile, type OpenFile, type SpoolLimits, SpoolWriter } from './spool-writer.js';

export interface SpoolOptions extends SpoolLimits {
  readonly folder: string;
  /** Bytes that were written and cannot be read any more. */
  readonly onDamage: OnDamage;
  readonly openFile?: OpenFile;
}

/**
 * Records on local disk, first in, first out: appended by any number of callers, read by one.
 *
 * A record is on disk, synced, when `append` resolves, and is read again after any crash until its segment was
 * released whole: readers see records at least once, in order. Bounded by bytes. One process at a time.
 */
export class Spool {
  private constructor(
    private readonly writer: SpoolWriter,
    private readonly reader: SpoolReader,
    private readonly unlock: () => void,
    /** Bytes of an interrupted write, cut off when the spool was opened. */
    readonly cutBytes: number,
  ) {}

  /** @throws FolderLocked another process has it; errors of the file system as they are */
  static async open({ folder, onDamage, openFile = createFile, ...limits }: SpoolOptions): Promise<Spool> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const unlock = lockFolder(folder, 'spool.lock');
    try {
      const segments = await listSegments(folder);
      const last = segments.at(-1);
      const cutBytes = last ? await cutTornEnd(last) : 0;
      const writer = new SpoolWriter(folder, limits, segments, (last?.number ?? 0) + 1, openFile);
      return new Spool(writer, new SpoolReader(segments, writer, onDamage), unlock, cutBytes);
    } catch (error) {
      unlock();
      throw error;
    }
  }

  /** Bytes held, on disk and on their way there. */
  get bytes(): number {
    return this.writer.bytes;
  }

  /** Whether nothing waits to be read; what is still on its way to disk does not count. */
  get empty(): boolean {
    return this.reader.empty;
  }

  /**
   * Resolves when the record is on disk.
   *
   * @throws SpoolFull no room, in the spool or on the disk; SpoolFailed the disk failed
   */
  append(payload: Uint8Array): Promise<void> {
    return this.writer.append(payload);
  }

  /** The oldest records, about `maxBytes` of them but at least one; null when there is none. For one caller at a time. */
  next(maxBytes: number): Promise<Buffer[] | null> {
    return this.reader.next(maxBytes);
  }

  /** What `next` returned is done with. */
  release(): void {
    this.reader.release();
  }

  /** Resolves when what was appended is on disk; what was not read stays for the next time. */
  async close(): Promise<void> {
    await this.writer.close();
    await this.reader.close();
    this.unlock();
  }
}
