import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** How far an import came, as far as its last acknowledgement that was noted. */
export interface ImportProgress {
  /** The last batch that was acknowledged: its first and last line. */
  readonly from: number;
  readonly to: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly spooled: number;
}

/**
 * Where an import stands, in a file of its own: replaced whole after each acknowledgement. Losing one, or the last
 * replacement, costs time only: the ids make what is sent again count once.
 */
export class ImportCursor {
  constructor(private readonly file: string) {}

  /** Null when nothing is known, or nothing readable. */
  read(): ImportProgress | null {
    try {
      return JSON.parse(readFileSync(this.file, 'utf8')) as ImportProgress;
    } catch {
      return null;
    }
  }

  write(progress: ImportProgress): void {
    mkdirSync(path.dirname(this.file), { recursive: true });
    writeFileSync(`${this.file}.next`, JSON.stringify(progress));
    renameSync(`${this.file}.next`, this.file);
  }
}
