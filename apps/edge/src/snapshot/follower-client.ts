import { Client } from 'pg';

/** A database that accepts connections and then says nothing is away too. */
const ANSWER_WITHIN_MS = 3000;

/** A connection, not yet made, for reading snapshots on. Whoever makes one listens to its errors. */
export function followerClient(databaseUrl: string): Client {
  return new Client({
    connectionString: databaseUrl,
    application_name: 'contender-edge-follower',
    connectionTimeoutMillis: ANSWER_WITHIN_MS,
    query_timeout: ANSWER_WITHIN_MS,
    keepAlive: true,
  });
}
