import { open, readdir, readFile, rename, stat, truncate } from 'node:fs/promises';
import path from 'node:path';
import { readRecord } from './record.js';

/** First bytes of a segment: who wrote it, and in which format. */
export const SEGMENT_MAGIC = Buffer.from('CTSPOOL1', 'latin1');

const NAME = /^(\d{16})\.spool$/;

/** A file of the spool; segments are numbered in the order in which they were begun. */
export interface Segment {
  readonly number: number;
  readonly file: string;
  /** Bytes that may be read: all of them, or for the one being written those that are known to be on disk. */
  size: number;
}

export const segmentFile = (folder: string, number: number): string =>
  path.join(folder, `${String(number).padStart(16, '0')}.spool`);

/** The segments of a folder, oldest first. */
export async function listSegments(folder: string): Promise<Segment[]> {
  const numbers = (await readdir(folder))
    .map((name) => NAME.exec(name)?.[1])
    .filter((digits) => digits !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
  return Promise.all(
    numbers.map(async (number) => {
      const file = segmentFile(folder, number);
      return { number, file, size: (await stat(file)).size };
    }),
  );
}

/**
 * Cuts the last record off a segment when a write was interrupted in it; such a record was never acknowledged.
 *
 * @returns the bytes that were cut off
 */
export async function cutTornEnd(segment: Segment): Promise<number> {
  const bytes = await readFile(segment.file);
  let whole = SEGMENT_MAGIC.length;
  // Not ours, or of another format: left to the reader, which puts it aside.
  if (bytes.length >= whole && !isSegment(bytes)) return 0;
  for (;;) {
    const found = readRecord(bytes, whole);
    if (found.kind === 'end') return 0;
    // Damage in the middle is no torn end: the reader steps over it and keeps what follows.
    if (found.kind === 'torn' || (found.kind === 'damaged' && found.end === bytes.length)) break;
    whole = found.end;
  }
  if (bytes.length < whole) whole = 0;
  const cut = bytes.length - whole;
  await truncate(segment.file, whole);
  const handle = await open(segment.file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  segment.size = whole;
  return cut;
}

/** Whether bytes begin as a segment does. */
export const isSegment = (bytes: Buffer): boolean =>
  bytes.subarray(0, SEGMENT_MAGIC.length).equals(SEGMENT_MAGIC);

/** Puts a segment that cannot be read any further beside the others, for a person to look at. */
export async function setAside(segment: Segment): Promise<string> {
  const aside = `${segment.file}.damaged`;
  await rename(segment.file, aside);
  return aside;
}

/** Makes what was created or renamed in a folder survive a loss of power. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
