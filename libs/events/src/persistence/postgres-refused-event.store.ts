import type { Pool } from 'pg';
import { eventDigest } from '../domain/event-digest.js';
import { StoreUnavailable } from '../ports/event-store.js';
import { type RefusedEvent, RefusedEventStore } from '../ports/refused-event.store.js';
import { isUnavailable } from './store-failure.js';

const KEEP = `
INSERT INTO refused_events (environment, id, digest, reason, event, received_at, found_at)
SELECT $1, id, digest, reason, event, $2, $3
FROM unnest($4::text[], $5::bytea[], $6::text[], $7::json[]) AS row (id, digest, reason, event)
ON CONFLICT DO NOTHING`;

/** Refused events in a table of their own. Rare: nothing here is tuned. */
export class PostgresRefusedEventStore extends RefusedEventStore {
  constructor(private readonly pool: Pool) {
    super();
  }

  override async keep(
    environment: string,
    refused: readonly RefusedEvent[],
    { receivedAt, foundAt }: { receivedAt: Date; foundAt: Date },
  ): Promise<void> {
    try {
      await this.pool.query(KEEP, [
        environment,
        receivedAt.toISOString(),
        foundAt.toISOString(),
        refused.map(({ event }) => event.id),
        refused.map(({ event }) => Buffer.from(eventDigest(event), 'latin1')),
        refused.map(({ reason }) => reason),
        refused.map(({ event }) => JSON.stringify(event)),
      ]);
    } catch (error) {
      if (isUnavailable(error)) throw new StoreUnavailable(error);
      throw error;
    }
  }
}
