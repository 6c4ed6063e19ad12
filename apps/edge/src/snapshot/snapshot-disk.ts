import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import path from 'node:path';
import { log, wordsOf } from '../log.js';
import type { Access, PublishedRuleset } from './snapshot.js';

/** All that is kept; one file, so that what belongs together changes together. */
export interface Kept {
  readonly confirmedAtMs: number;
  readonly access: Access;
  readonly rulesets: readonly PublishedRuleset[];
}

/**
 * The last snapshot on disk, so that an edge restarted while the database is away goes on answering.
 *
 * The file is replaced by renaming and carries the SHA-256 of its content: it is whole or it is not used. It holds
 * the signing secrets and hashes of keys, and is readable by its owner only.
 */
export class SnapshotDisk {
  private readonly folder: string;
  private readonly file: string;
  private writing: Promise<void> = Promise.resolve();

  constructor(dataDir: string) {
    this.folder = path.join(dataDir, 'edge');
    this.file = path.join(this.folder, 'snapshot.json');
  }

  read(): Kept | null {
    let text: string;
    try {
      text = readFileSync(this.file, 'utf8');
    } catch {
      return null;
    }
    const end = text.indexOf('\n');
    const content = text.slice(end + 1);
    if (end < 0 || text.slice(0, end) !== digest(content)) {
      log('error', 'the snapshot on disk is damaged and is not used', { file: this.file });
      return null;
    }
    return JSON.parse(content) as Kept;
  }

  /** Writes after what is being written; a failure is logged and costs only the next start without a database. */
  write(kept: Kept): Promise<void> {
    this.writing = this.writing
      .then(() => this.replace(kept))
      .catch((error: unknown) => {
        log('error', 'the snapshot could not be kept on disk', { file: this.file, reason: wordsOf(error) });
      });
    return this.writing;
  }

  private async replace(kept: Kept): Promise<void> {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    const content = JSON.stringify(kept);
    const unfinished = `${this.file}.${process.pid}.new`;
    const handle = await open(unfinished, 'w', 0o600);
    try {
      await handle.writeFile(`${digest(content)}\n${content}`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(unfinished, this.file);
  }
}

const digest = (content: string): string => createHash('sha256').update(content).digest('hex');
