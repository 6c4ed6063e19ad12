import { setTimeout as sleep } from 'node:timers/promises';
import type { EventRejection, EventsCheckResponse, EventsResponse } from '@app/wire';
import { type ApiClient, ApiError } from '../client/api-client.js';
import { batchesOf, type ImportBatch, type ImportTarget } from './batches.js';
import type { ImportCursor, ImportProgress } from './cursor.js';
import { readLines } from './read-lines.js';

/** A line that was not taken. */
export interface RefusedLine {
  readonly line: number;
  readonly code: string;
  readonly message: string;
}

export interface ImportReport {
  /** Lines that hold an event. */
  readonly events: number;
  readonly exposures: number;
  readonly outcomes: number;
  /** Stored now, over all runs of this import. */
  readonly accepted: number;
  readonly duplicates: number;
  /** On the disk of the edge, because its database is away; counted when it is back. */
  readonly spooled: number;
  readonly refusedLines: number;
  /** The first of them. */
  readonly refused: readonly RefusedLine[];
  /** Last line that an earlier run had sent; null for a whole one. */
  readonly resumedAfter: number | null;
  readonly sent: boolean;
}

export interface ImportOptions extends ImportTarget {
  readonly file: string;
  readonly edge: Pick<ApiClient, 'post'>;
  readonly cursor: ImportCursor;
  /** Judge every line and send none. */
  readonly dryRun: boolean;
  /** Send the good lines although there are bad ones. */
  readonly keepGoing: boolean;
  readonly say: (line: string) => void;
  /** How long to go on trying while the edge takes nothing. */
  readonly patienceMs?: number;
}

const REFUSED_SHOWN = 1_000;
const RETRY_MS = 500;
const PATIENCE_MS = 300_000;
const TOLD_EVERY_MS = 1_000;

/**
 * Imports a file in two passes: the edge judges every line first and nothing is sent when one is bad; then they are sent
 * in batches, each noted when it was acknowledged.
 *
 * An import that was ended at any moment is run again as it was: it goes on after its last noted batch, which is sent
 * once more. An edge that does not know that one has another database behind it, and gets the file from its beginning.
 */
export class ImportRun {
  private readonly refused: RefusedLine[] = [];
  private refusedLines = 0;
  private events = 0;
  private exposures = 0;
  private toldMs = 0;

  constructor(private readonly options: ImportOptions) {}

  /** @throws ImportError the file; ApiError the edge refuses a whole batch, or took nothing for too long */
  async run(): Promise<ImportReport> {
    await this.check();
    const { dryRun, keepGoing, cursor } = this.options;
    if (dryRun || (this.refusedLines > 0 && !keepGoing)) return this.report(null, null);
    this.refusedLines = 0;
    this.refused.length = 0;
    const before = await this.known(cursor.read());
    return this.report(await this.send(before), before);
  }

  private async check(): Promise<void> {
    for await (const batch of this.batches()) {
      const { rejected } = await this.patiently<EventsCheckResponse>('/api/v1/events/check', batch);
      this.refuse(batch, rejected);
      this.events += batch.events.length;
      this.exposures += batch.events.filter(({ type }) => type === 'exposure').length;
      this.tell(`checked to line ${batch.lines.at(-1)}, ${this.refusedLines} refused`);
    }
    this.tell(`checked ${this.events} events, ${this.refusedLines} refused`, true);
  }

  /** What an earlier run noted, if this edge knows of it. */
  private async known(progress: ImportProgress | null): Promise<ImportProgress | null> {
    if (!progress) return null;
    for await (const batch of this.batches(progress.from - 1)) {
      if (batch.lines[0] !== progress.from || batch.lines.at(-1) !== progress.to) return null;
      const { accepted } = await this.patiently<EventsResponse>('/api/v1/events', batch);
      if (accepted === 0) return progress;
      this.tell('this edge does not know what was sent before; beginning anew', true);
      return null;
    }
    return null;
  }

  private async send(before: ImportProgress | null): Promise<ImportProgress | null> {
    let progress = before;
    let done = 0;
    const beganMs = performance.now();
    if (before) this.tell(`going on after line ${before.to}`, true);
    for await (const batch of this.batches(before?.to)) {
      const answer = await this.patiently<EventsResponse>('/api/v1/events', batch);
      this.refuse(batch, answer.rejected);
      if (batch.lines.length === 0) continue;
      progress = {
        from: batch.lines[0]!,
        to: batch.lines.at(-1)!,
        accepted: (progress?.accepted ?? 0) + answer.accepted,
        duplicates: (progress?.duplicates ?? 0) + answer.duplicates,
        spooled: (progress?.spooled ?? 0) + (answer.spooled ?? 0),
      };
      this.options.cursor.write(progress);
      done += batch.events.length;
      const perSecond = Math.round((done * 1000) / Math.max(1, performance.now() - beganMs));
      this.tell(
        `line ${progress.to} · ${progress.accepted} stored, ${progress.duplicates} known before, ` +
          `${progress.spooled} spooled · ${done} of ${this.events} sent, ${perSecond}/s`,
      );
    }
    return progress;
  }

  private batches(after?: number): AsyncGenerator<ImportBatch> {
    return batchesOf(readLines(this.options.file), this.options, after);
  }

  /** Goes on asking an edge that is away, busy or full. */
  private async patiently<Answer extends { readonly rejected: readonly EventRejection[] }>(
    address: string,
    { events }: ImportBatch,
  ): Promise<Answer> {
    const { edge, patienceMs = PATIENCE_MS } = this.options;
    const untilMs = performance.now() + patienceMs;
    for (;;) {
      try {
        return await edge.post<Answer>(address, { events });
      } catch (error) {
        if (!mayPass(error) || performance.now() >= untilMs) throw error;
        this.tell(`waiting for the edge: ${(error as Error).message}`);
        await sleep(RETRY_MS);
      }
    }
  }

  private refuse(batch: ImportBatch, rejected: readonly EventRejection[]): void {
    const lines = [
      ...batch.unreadable,
      ...rejected.map(({ index, code, message }) => ({ line: batch.lines[index]!, code, message })),
    ].sort((a, b) => a.line - b.line);
    this.refusedLines += lines.length;
    this.refused.push(...lines.slice(0, Math.max(0, REFUSED_SHOWN - this.refused.length)));
  }

  private tell(line: string, now = false): void {
    if (!now && performance.now() - this.toldMs < TOLD_EVERY_MS) return;
    this.toldMs = performance.now();
    this.options.say(line);
  }

  private report(sent: ImportProgress | null, before: ImportProgress | null): ImportReport {
    const { accepted = 0, duplicates = 0, spooled = 0 } = sent ?? {};
    return {
      events: this.events,
      exposures: this.exposures,
      outcomes: this.events - this.exposures,
      accepted,
      duplicates,
      spooled,
      refusedLines: this.refusedLines,
      refused: this.refused,
      resumedAfter: before?.to ?? null,
      sent: sent !== null,
    };
  }
}

/** No answer, and the refusals after which the same batch may be sent again. */
function mayPass(error: unknown): boolean {
  if (error instanceof ApiError) return error.status === 429 || error.status === 503;
  return isUnreachable(error);
}

/** What `fetch` says when nobody answers, or the connection ends in the middle. */
export function isUnreachable(error: unknown): error is Error {
  const { name, message } = (error ?? {}) as { name?: unknown; message?: unknown };
  return name === 'TypeError' && (message === 'fetch failed' || message === 'terminated');
}
