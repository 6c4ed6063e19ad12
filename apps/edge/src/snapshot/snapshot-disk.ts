import { hash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { type FileHandle, open, rename } from 'node:fs/promises';
import path from 'node:path';
import { HeldRuleset } from '@app/ruleset-deltas';
import { syncFolder } from '@app/spool';
import { log, wordsOf } from '../log.js';
import type { Access, PublishedRuleset } from './snapshot.js';
import { logHead, logLine, type LogRecord, readLog } from './snapshot-log.js';

/** All that is kept: what belongs together changes together. */
export interface Kept {
  readonly confirmedAtMs: number;
  readonly access: Access;
  readonly rulesets: readonly PublishedRuleset[];
}

/** A log is gone through at every start: it is folded into the snapshot before it has more records, or bytes, than this. */
const RECORDS_AT_MOST = 500;
/** Each costs a walk over all keys before an edge answers. */
const DELTAS_AT_MOST = 64;
/** Or than the snapshot itself where that is larger: over time as much is written whole as is appended. */
const BYTES_AT_LEAST = 256 * 1024;

/** Where the log ends that goes on from the snapshot written last. */
interface Tail {
  /** Of the snapshot. */
  readonly head: string;
  /** Of the line written last, or of the snapshot. */
  readonly digest: string;
  readonly snapshotBytes: number;
  readonly bytes: number;
  readonly records: number;
  readonly deltas: number;
}

/**
 * The last snapshot on disk, so that an edge restarted while the database is away goes on answering.
 *
 * The snapshot is one file that is replaced by renaming and carries the SHA-256 of its content: it is whole or it is not
 * used. A log beside it holds what came after, so that a change costs the disk what has changed; a crash at any moment
 * leaves the snapshot and as many of its records as were whole. Both hold the signing secrets and hashes of keys, and are
 * readable by their owner only.
 */
export class SnapshotDisk {
  private readonly folder: string;
  private readonly file: string;
  private readonly logFile: string;
  private tail: Tail | null = null;

  constructor(dataDir: string) {
    this.folder = path.join(dataDir, 'edge');
    this.file = path.join(this.folder, 'snapshot.json');
    this.logFile = path.join(this.folder, 'snapshot.log');
  }

  read(): Kept | null {
    const text = textOf(this.file);
    if (text === null) return null;
    const end = text.indexOf('\n');
    const content = text.slice(end + 1);
    const digest = text.slice(0, end);
    if (end < 0 || digest !== hash('sha256', content)) {
      log('error', 'the snapshot on disk is damaged and is not used', { file: this.file });
      return null;
    }
    const { records, torn } = readLog(textOf(this.logFile) ?? '', digest);
    if (torn) log('warn', 'the end of the log on disk is torn and is not used', { file: this.logFile });
    return this.after(JSON.parse(content) as Kept, records);
  }

  /** Whether what changes may be appended: this object has written the snapshot, and its log is not long yet. */
  get hasRoom(): boolean {
    const { tail } = this;
    return (
      tail !== null &&
      tail.records < RECORDS_AT_MOST &&
      tail.deltas < DELTAS_AT_MOST &&
      tail.bytes < Math.max(BYTES_AT_LEAST, tail.snapshotBytes)
    );
  }

  /** Replaces the snapshot. From the moment of renaming a log that is still there is of no snapshot, and not used. */
  async write(kept: Kept): Promise<void> {
    this.tail = null;
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    const content = JSON.stringify(kept);
    const digest = hash('sha256', content);
    const unfinished = `${this.file}.${process.pid}.new`;
    await synced(unfinished, 'w', `${digest}\n${content}`);
    await rename(unfinished, this.file);
    // Else a loss of power might bring the older one back, whose log is about to be overwritten.
    await syncFolder(this.folder);
    this.tail = {
      head: digest,
      digest,
      snapshotBytes: Buffer.byteLength(content),
      bytes: 0,
      records: 0,
      deltas: 0,
    };
  }

  /** Adds to the snapshot that this object wrote last. After a failure nothing can be added until the next snapshot. */
  async append(record: LogRecord): Promise<void> {
    const { tail } = this;
    if (tail === null) throw new Error('there is no snapshot to add to');
    this.tail = null;
    const { digest, line } = logLine(tail.digest, record);
    const first = tail.records === 0;
    const added = first ? logHead(tail.head) + line : line;
    if (first) {
      await synced(this.logFile, 'w', added);
      await syncFolder(this.folder);
    } else await synced(this.logFile, 'a+', added, tail);
    this.tail = {
      ...tail,
      digest,
      bytes: tail.bytes + Buffer.byteLength(added),
      records: tail.records + 1,
      deltas: tail.deltas + (record.deltas?.length ?? 0),
    };
  }

  /** Up to a record that does not fit, which only another program could have written. */
  private after(kept: Kept, records: readonly LogRecord[]): Kept {
    let held = new Map<string, HeldRuleset>();
    let { confirmedAtMs, access } = kept;
    try {
      for (const record of records) {
        const next = new Map(held);
        for (const { environment, text } of record.deltas ?? []) {
          const before = next.get(environment) ?? HeldRuleset.parse(bodyOf(kept, environment));
          next.set(environment, before.after(text));
        }
        held = next;
        confirmedAtMs = record.confirmedAtMs;
        access = record.access ?? access;
      }
    } catch (error) {
      log('error', 'the log on disk is not used to its end', {
        file: this.logFile,
        reason: wordsOf(error),
      });
    }
    const rulesets = kept.rulesets.map((ruleset) => {
      const newer = held.get(ruleset.environment);
      return newer ? { ...ruleset, version: newer.version, body: newer.text() } : ruleset;
    });
    return { confirmedAtMs, access, rulesets };
  }
}

function bodyOf({ rulesets }: Kept, environment: string): string {
  const found = rulesets.find((ruleset) => ruleset.environment === environment);
  if (!found) throw new Error(`there is no ruleset of ${environment} to go on from`);
  return found.body;
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

/** @param goesOn what must be there already: another process may have begun a log of its own under the same name */
async function synced(file: string, flags: 'w' | 'a+', text: string, goesOn?: Tail): Promise<void> {
  const handle: FileHandle = await open(file, flags, 0o600);
  try {
    if (goesOn && !(await isOurs(handle, goesOn))) throw new Error(`${file} was written by another process`);
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function isOurs(handle: FileHandle, { head, bytes }: Tail): Promise<boolean> {
  const { buffer } = await handle.read(Buffer.alloc(head.length), 0, head.length, 0);
  return buffer.toString('latin1') === head && (await handle.stat()).size === bytes;
}
