import type { Pool, QueryResultRow } from 'pg';
import { type AppendStatus, Batch } from '../domain/batch.js';
import type { NewEvent } from '../domain/new-event.js';
import { EventStore, StoreUnavailable } from '../ports/event-store.js';
import { appendStatement } from './append-statement.js';
import { isRepeatable, isUnavailable, lacksPartition } from './store-failure.js';

/** Channel notified after events were stored, so that a worker need not wait for its next round. */
export const PENDING_CHANNEL = 'contender_pending';

/** Tries per batch: deadlocks and a partition dropped under a remembered day pass; anything else is reported. */
const ATTEMPTS = 3;

/**
 * Events in Postgres, on a bare connection pool: the hot path of the data plane carries no ORM.
 *
 * A batch costs one round trip, plus one when it holds ids that are known already.
 */
export class PostgresEventStore extends EventStore {
  /** Days whose partition is known to exist. */
  private readonly days = new Set<string>();
  private notifying = false;
  private notifyAgain = false;

  constructor(private readonly pool: Pool) {
    super();
  }

  override async append(
    environment: string,
    events: readonly NewEvent[],
    receivedAt: Date,
  ): Promise<AppendStatus[]> {
    if (events.length === 0) return [];
    const batch = new Batch(events);
    try {
      const others = await this.insert(environment, batch, receivedAt);
      const known = await this.digests(environment, others);
      if (others.length < batch.firsts.length) this.notify();
      return batch.statuses(known);
    } catch (error) {
      if (isUnavailable(error)) throw new StoreUnavailable(error);
      throw error;
    }
  }

  /** Ids that were known already; all others are stored now. */
  private async insert(environment: string, batch: Batch, receivedAt: Date): Promise<string[]> {
    for (let attempt = 1; ; attempt += 1) {
      await this.ensureDays(batch);
      try {
        const rows = await this.query<{ id: string }>(appendStatement(environment, batch.firsts, receivedAt));
        return rows.map(({ id }) => id);
      } catch (error) {
        const missing = lacksPartition(error);
        if (attempt === ATTEMPTS || !(missing || isRepeatable(error))) throw error;
        if (missing) this.days.clear();
      }
    }
  }

  /** Digests of ids that were not inserted; read in a later snapshot, so a concurrent winner is seen. */
  private async digests(environment: string, ids: readonly string[]): Promise<Map<string, string | null>> {
    if (ids.length === 0) return new Map();
    const rows = await this.query<{ id: string; digest: Buffer }>({
      text: 'SELECT id, digest FROM event_keys WHERE environment = $1 AND id = ANY($2::text[])',
      values: [environment, ids],
    });
    const digests = new Map(rows.map(({ id, digest }) => [id, digest.toString('latin1')]));
    return new Map(ids.map((id) => [id, digests.get(id) ?? null]));
  }

  private async ensureDays(batch: Batch): Promise<void> {
    const wanted = new Set(batch.firsts.map(({ event }) => event.at.toISOString().slice(0, 10)));
    const missing = [...wanted].filter((day) => !this.days.has(day)).sort();
    if (missing.length === 0) return;
    await this.query({
      text: 'SELECT ensure_events_partition(day) FROM unnest($1::date[]) AS day',
      values: [missing],
    });
    for (const day of missing) this.days.add(day);
  }

  /**
   * Wakes a worker, in a statement of its own and never two at once: NOTIFY inside the insert would make all commits
   * wait for each other. A lost one costs a worker's poll interval.
   */
  private notify(): void {
    if (this.notifying) {
      this.notifyAgain = true;
      return;
    }
    this.notifying = true;
    const done = (): void => {
      this.notifying = false;
      if (!this.notifyAgain) return;
      this.notifyAgain = false;
      this.notify();
    };
    this.pool.query(`NOTIFY ${PENDING_CHANNEL}`).then(done, done);
  }

  private async query<Row extends QueryResultRow>(statement: {
    name?: string;
    text: string;
    values: unknown[];
  }): Promise<Row[]> {
    return (await this.pool.query<Row>(statement)).rows;
  }
}
