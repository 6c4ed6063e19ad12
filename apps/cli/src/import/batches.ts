import { createHash } from 'node:crypto';
import type { ImportLine } from './read-lines.js';

/** Below what an edge takes (5,000 events, 16 MiB), so that a batch is judged and stored in well under a second. */
const BATCH_EVENTS = 2_000;
const BATCH_CHARACTERS = 4 * 1024 * 1024;

export interface ImportTarget {
  /** SHA-256 of the file's content. */
  readonly digest: string;
  /** Whose rows these are where they do not say it themselves; null: they all do. */
  readonly experiment: string | null;
}

/** Consecutive lines that are sent together; `events[i]` stands in `lines[i]`. */
export interface ImportBatch {
  readonly lines: readonly number[];
  readonly events: ReadonlyArray<Readonly<Record<string, unknown>>>;
  /** Lines among these that hold no event. */
  readonly unreadable: ReadonlyArray<Extract<ImportLine, { code: string }>>;
}

/**
 * The event of a line: under its own id, else under one that the same line of the same file always has, so that a file
 * counts once however often it is imported.
 */
export function importedEvent(
  { line, event }: Extract<ImportLine, { event: unknown }>,
  { digest, experiment }: ImportTarget,
): Record<string, unknown> {
  const named = ['experiment', 'rollout', 'assignmentId'].some((field) => event[field] !== undefined);
  return {
    ...event,
    id: event['id'] ?? `import:${seriesOf(digest, experiment)}:${line}`,
    ...(named || experiment === null ? {} : { experiment }),
  };
}

/** One file for two experiments is two series of events. */
function seriesOf(digest: string, experiment: string | null): string {
  return createHash('sha256')
    .update(`${digest}\n${experiment ?? ''}`)
    .digest('hex')
    .slice(0, 32);
}

/** @param after lines up to this one are passed over */
export async function* batchesOf(
  lines: AsyncIterable<ImportLine>,
  target: ImportTarget,
  after = 0,
): AsyncGenerator<ImportBatch> {
  let batch = emptyBatch();
  let characters = 0;
  for await (const one of lines) {
    if (one.line <= after) continue;
    if ('code' in one) {
      batch.unreadable.push(one);
      continue;
    }
    const event = importedEvent(one, target);
    batch.lines.push(one.line);
    batch.events.push(event);
    characters += JSON.stringify(event).length;
    if (batch.events.length < BATCH_EVENTS && characters < BATCH_CHARACTERS) continue;
    yield batch;
    batch = emptyBatch();
    characters = 0;
  }
  if (batch.events.length + batch.unreadable.length > 0) yield batch;
}

function emptyBatch(): {
  lines: number[];
  events: Array<Record<string, unknown>>;
  unreadable: Array<Extract<ImportLine, { code: string }>>;
} {
  return { lines: [], events: [], unreadable: [] };
}
