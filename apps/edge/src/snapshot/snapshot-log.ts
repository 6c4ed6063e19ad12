import { hash } from 'node:crypto';
import type { Access } from './snapshot.js';

/** What one keeping of the snapshot adds to the whole on disk: it holds together or not at all. */
export interface LogRecord {
  readonly confirmedAtMs: number;
  /** Absent: as before. */
  readonly access?: Access;
  /** Texts as published, to be applied one after the other. */
  readonly deltas?: ReadonlyArray<{ readonly environment: string; readonly text: string }>;
}

/**
 * A log begins with the digest of the snapshot it goes on from, so that one left over from an older snapshot is told from its
 * own. Every line after that begins with the SHA-256 of the digest before it and of its content.
 */
export const logHead = (snapshot: string): string => `${snapshot}\n`;

/** @param before digest of the line before, or of the snapshot */
export function logLine(
  before: string,
  record: LogRecord,
): { readonly digest: string; readonly line: string } {
  const content = JSON.stringify(record);
  const digest = hash('sha256', before + content);
  return { digest, line: `${digest} ${content}\n` };
}

/**
 * The records of a log that are whole.
 *
 * @param snapshot digest of the snapshot beside it
 * @returns torn: something follows that is not whole, as after a crash while it was written; a log of another snapshot has
 *   no records and is not torn
 */
export function readLog(
  text: string,
  snapshot: string,
): { readonly records: LogRecord[]; readonly torn: boolean } {
  const [head, ...lines] = text.split('\n');
  const records: LogRecord[] = [];
  if (head !== snapshot) return { records, torn: false };
  let digest = snapshot;
  // What follows the last end of a line is nothing, or a line that was not written to its end.
  const rest = lines.pop();
  for (const line of lines) {
    const content = line.slice(line.indexOf(' ') + 1);
    if (line !== `${hash('sha256', digest + content)} ${content}`) return { records, torn: true };
    digest = line.slice(0, line.indexOf(' '));
    records.push(JSON.parse(content) as LogRecord);
  }
  return { records, torn: rest !== '' && rest !== undefined };
}
