import type { EventStore, NewEvent } from '@app/events';
import type { EventRejection, EventsResponse } from '@app/wire';
import { exposureEvent } from '../assignments/exposure-event.js';
import { type ExposureRecorder, isAway } from '../assignments/exposure-recorder.js';
import type { EdgeClock } from '../edge-clock.js';
import { EdgeError } from '../http/edge-error.js';
import type { Call } from '../http/route.js';
import type { Monitoring } from '../monitoring/monitoring.js';
import type { EdgeState } from '../snapshot/edge-state.js';
import { type ReadContext, type ReadEvent, readEvent } from './event-reader.js';
import { NOT_JSON } from './read-batch.js';

export interface IntakeParts {
  readonly store: EventStore;
  readonly clock: EdgeClock;
  readonly recorder: ExposureRecorder;
  readonly state: EdgeState;
  readonly lookAgain: () => Promise<void>;
  readonly monitoring: Pick<Monitoring, 'events'>;
  readonly retentionMs: number;
  readonly skewMs: number;
}

/** Reasons that a ruleset which is a second newer may take away. */
const MAYBE_NEW = new Set(['TASK_UNKNOWN', 'EXPERIMENT_UNKNOWN', 'VARIANT_UNKNOWN', 'EPOCH_UNKNOWN']);

/** Takes batches of events: judges each, stores the good ones in one transaction, says what became of all. */
export class EventIntake {
  constructor(private readonly parts: IntakeParts) {}

  /** @throws EdgeError `STORE_UNAVAILABLE`: nothing of the batch is known to be stored; sending it again is safe */
  async take(raw: readonly unknown[], call: Call): Promise<EventsResponse> {
    const { clock } = this.parts;
    try {
      await clock.refresh();
    } catch (error) {
      throw unavailable(error);
    }
    const read = await this.read(raw, call, clock.now());
    const rejected: EventRejection[] = [];
    const taken: Array<{ index: number; event: NewEvent; platformId: boolean }> = [];
    const proofs = new Map<string, NewEvent>();
    read.forEach((one, index) => {
      if (one.kind === 'rejected') {
        rejected.push({ index, code: one.code, message: one.message });
        return;
      }
      taken.push({ index, event: one.event, platformId: one.platformId });
      if (one.proves && !this.parts.recorder.isStored(one.proves.id)) {
        proofs.set(one.proves.id, exposureEvent(one.proves));
      }
    });
    const { accepted, duplicates } = await this.store(
      call.environment,
      taken,
      [...proofs.values()],
      rejected,
    );
    rejected.sort((a, b) => a.index - b.index);
    this.count(call.environment, accepted, duplicates, rejected);
    return { accepted, duplicates, rejected };
  }

  /** Reads again with the newest ruleset when something is not known: the experiment may have just been started. */
  private async read(raw: readonly unknown[], call: Call, now: Date): Promise<ReadEvent[]> {
    const { retentionMs, skewMs, state, lookAgain } = this.parts;
    const { environment, tokens } = call;
    const readAll = (ruleset: ReadContext['ruleset']): ReadEvent[] => {
      const context: ReadContext = { environment, tokens, ruleset, now, retentionMs, skewMs };
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

  private async store(
    environment: string,
    taken: ReadonlyArray<{ index: number; event: NewEvent; platformId: boolean }>,
    proofs: readonly NewEvent[],
    rejected: EventRejection[],
  ): Promise<{ accepted: number; duplicates: number }> {
    const { store, clock, recorder } = this.parts;
    if (taken.length === 0) return { accepted: 0, duplicates: 0 };
    let statuses: Awaited<ReturnType<EventStore['append']>>;
    try {
      statuses = await store.append(
        environment,
        [...taken.map(({ event }) => event), ...proofs],
        clock.now(),
      );
    } catch (error) {
      throw isAway(error) ? unavailable(error) : error;
    }
    recorder.remember(proofs.map(({ id }) => id));
    let accepted = 0;
    let duplicates = 0;
    taken.forEach(({ index, event, platformId }, place) => {
      const status = statuses[place];
      if (status === 'accepted') accepted += 1;
      else if (status === 'duplicate' || platformId) duplicates += 1;
      else {
        const message = `the id "${event.id}" belongs to another event already; its content cannot change`;
        rejected.push({ index, code: 'EVENT_ID_REUSED', message });
      }
    });
    return { accepted, duplicates };
  }

  private count(
    environment: string,
    accepted: number,
    duplicates: number,
    rejected: readonly EventRejection[],
  ): void {
    const { events } = this.parts.monitoring;
    events.inc({ environment, result: 'accepted' }, accepted);
    events.inc({ environment, result: 'duplicate' }, duplicates);
    for (const { code } of rejected) events.inc({ environment, result: code });
  }
}

/** The refusal of a batch that may be sent again. */
export function unavailable(cause: unknown): EdgeError {
  return new EdgeError(
    'STORE_UNAVAILABLE',
    'the event store cannot be reached; nothing of this request is acknowledged, send it again',
    { headers: { 'retry-after': '1' }, cause },
  );
}
