import type { NewEvent } from '@app/events';
import type { EventRejection, EventsCheckResponse, EventsResponse } from '@app/wire';
import { exposureEvent } from '../assignments/exposure-event.js';
import type { ExposureRecorder } from '../assignments/exposure-recorder.js';
import type { EdgeClock } from '../edge-clock.js';
import { EdgeError } from '../http/edge-error.js';
import type { Call } from '../http/route.js';
import type { Monitoring } from '../monitoring/monitoring.js';
import type { EdgeState } from '../snapshot/edge-state.js';
import { type ReadContext, type ReadEvent, readEvent } from './event-reader.js';
import type { EventKeeper, Kept } from '../spool/event-keeper.js';
import { NOT_JSON } from './read-batch.js';
import type { KeepAttributes } from './stored-attributes.js';
import { CannotKeep } from './store-away.js';

export interface IntakeParts {
  readonly keeper: Pick<EventKeeper, 'keep'>;
  readonly clock: EdgeClock;
  readonly recorder: ExposureRecorder;
  readonly state: EdgeState;
  readonly lookAgain: () => Promise<void>;
  readonly monitoring: Pick<Monitoring, 'events'>;
  readonly retentionMs: number;
  readonly skewMs: number;
  readonly keepAttributes: KeepAttributes;
}

/** Reasons that a ruleset which is a second newer may take away. */
const MAYBE_NEW = new Set(['TASK_UNKNOWN', 'EXPERIMENT_UNKNOWN', 'VARIANT_UNKNOWN', 'EPOCH_UNKNOWN']);

/** Takes batches of events: judges each, makes the good ones durable together, says what became of all. */
export class EventIntake {
  constructor(private readonly parts: IntakeParts) {}

  /** @throws EdgeError `STORE_UNAVAILABLE`, `SPOOL_FULL`: nothing of the batch is acknowledged; sending it again is safe */
  async take(raw: readonly unknown[], call: Call): Promise<EventsResponse> {
    const read = await this.read(raw, call, await this.now());
    const rejected: EventRejection[] = [];
    const taken: Taken[] = [];
    const proofs = new Map<string, NewEvent>();
    read.forEach((one, index) => {
      if (one.kind === 'rejected') {
        rejected.push({ index, code: one.code, message: one.message });
        return;
      }
      taken.push({ index, event: one.event, platformId: one.platformId });
      for (const proof of one.proves) {
        if (this.parts.recorder.isStored(proof.id)) continue;
        proofs.set(proof.id, exposureEvent(proof, this.parts.keepAttributes));
      }
    });
    const kept = await this.keep(call.environment, taken, [...proofs.values()]);
    const answer = answerTo(taken, rejected, kept);
    this.count(call.environment, answer);
    return answer;
  }

  /** Judges as `take` does, and stores nothing. */
  async check(raw: readonly unknown[], call: Call): Promise<EventsCheckResponse> {
    const read = await this.read(raw, call, await this.now());
    const rejected = read.flatMap((one, index): EventRejection[] =>
      one.kind === 'rejected' ? [{ index, code: one.code, message: one.message }] : [],
    );
    return { acceptable: read.length - rejected.length, rejected };
  }

  private async now(): Promise<Date> {
    const { clock } = this.parts;
    try {
      await clock.refresh();
    } catch (error) {
      // Virtual time stands where it was last seen while the database is away.
      if (!clock.ready) throw unavailable(error);
    }
    return clock.now();
  }

  /** Reads again with the newest ruleset when something is not known: the experiment may have just been started. */
  private async read(raw: readonly unknown[], call: Call, now: Date): Promise<ReadEvent[]> {
    const { retentionMs, skewMs, keepAttributes, state, lookAgain } = this.parts;
    const { environment, tokens } = call;
    const readAll = (ruleset: ReadContext['ruleset']): ReadEvent[] => {
      const context: ReadContext = { environment, tokens, ruleset, now, retentionMs, skewMs, keepAttributes };
      return raw.map((one) =>
        one === NOT_JSON
          ? { kind: 'rejected', code: 'EVENT_INVALID', message: 'the line is not JSON' }
          : readEvent(one, context),
      );
    };
    const read = readAll(call.snapshot.compiled);
    if (!read.some((one) => one.kind === 'rejected' && MAYBE_NEW.has(one.code))) return read;
    await lookAgain();
    const newer = state.environment(environment)?.snapshot ?? call.snapshot;
    return newer.version === call.snapshot.version ? read : readAll(newer.compiled);
  }

  private async keep(
    environment: string,
    taken: readonly Taken[],
    proofs: readonly NewEvent[],
  ): Promise<Kept> {
    const { keeper, clock, recorder } = this.parts;
    if (taken.length === 0) return { kind: 'stored', statuses: [] };
    const events = [...taken.map(({ event }) => event), ...proofs];
    const own = events.flatMap((_, place) => (taken[place]?.platformId === false ? [] : [place]));
    let kept: Kept;
    try {
      kept = await keeper.keep({ environment, events, receivedAt: clock.now(), own });
    } catch (error) {
      throw error instanceof CannotKeep ? unavailable(error) : error;
    }
    recorder.remember(proofs.map(({ id }) => id));
    return kept;
  }

  private count(environment: string, { accepted, duplicates, spooled = 0, rejected }: EventsResponse): void {
    const { events } = this.parts.monitoring;
    events.inc({ environment, result: 'accepted' }, accepted);
    events.inc({ environment, result: 'duplicate' }, duplicates);
    events.inc({ environment, result: 'spooled' }, spooled);
    for (const { code } of rejected) events.inc({ environment, result: code });
  }
}

/** An event of a batch that was judged to be good. */
interface Taken {
  readonly index: number;
  readonly event: NewEvent;
  readonly platformId: boolean;
}

/** What became of each. Of spooled events nobody knows yet which were stored before. */
function answerTo(taken: readonly Taken[], rejected: EventRejection[], kept: Kept): EventsResponse {
  if (kept.kind === 'spooled') return { accepted: 0, duplicates: 0, rejected, spooled: taken.length };
  let accepted = 0;
  let duplicates = 0;
  taken.forEach(({ index, event, platformId }, place) => {
    const status = kept.statuses[place];
    if (status === 'accepted') accepted += 1;
    else if (status === 'duplicate' || platformId) duplicates += 1;
    else {
      const message = `the id "${event.id}" belongs to another event already; its content cannot change`;
      rejected.push({ index, code: 'EVENT_ID_REUSED', message });
    }
  });
  rejected.sort((a, b) => a.index - b.index);
  return { accepted, duplicates, rejected };
}

/** The refusal of a batch that may be sent again. */
export function unavailable(cause: unknown): EdgeError {
  const full = cause instanceof CannotKeep && cause.code === 'SPOOL_FULL';
  return new EdgeError(
    full ? 'SPOOL_FULL' : 'STORE_UNAVAILABLE',
    full
      ? 'the event store is away and the spool for that time is full; nothing of this request is acknowledged, send it again'
      : 'the event store cannot be reached; nothing of this request is acknowledged, send it again',
    { headers: { 'retry-after': '1' }, cause },
  );
}
