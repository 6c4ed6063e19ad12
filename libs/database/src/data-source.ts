import { DataSource, type DataSourceOptions } from 'typeorm';
import { migrations } from '../../../migrations/index.js';

export interface DatabaseSettings {
  /** postgres:// address. */
  readonly url: string;
  /** Connections this process may hold. */
  readonly poolSize?: number;
  /** Shown in pg_stat_activity, so that an operator can tell who holds a lock. */
  readonly applicationName?: string;
}

/**
 * Of every session: UTC; and a process that stops in the middle of a transaction (a machine cut off, a paused
 * container) loses its locks within minutes, where the defaults let it hold a shard or a rollout for hours.
 */
const SESSION = [
  '-c timezone=UTC',
  '-c idle_in_transaction_session_timeout=120000',
  '-c tcp_keepalives_idle=60',
  '-c tcp_keepalives_interval=15',
  '-c tcp_keepalives_count=4',
].join(' ');

/** Options every process connects with: UTC, no schema synchronisation ever, numbers as numbers where they fit. */
export function dataSourceOptions(settings: DatabaseSettings): DataSourceOptions {
  return {
    type: 'postgres',
    url: settings.url,
    poolSize: settings.poolSize ?? 10,
    applicationName: settings.applicationName ?? 'contender',
    synchronize: false,
    migrationsRun: false,
    migrations,
    migrationsTableName: 'schema_migrations',
    migrationsTransactionMode: 'each',
    logging: false,
    extra: {
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: 30_000,
      options: SESSION,
    },
  };
}

/** A data source without entities: migrations, schema dumps and hand-written SQL. */
export function plainDataSource(settings: DatabaseSettings): DataSource {
  return new DataSource(dataSourceOptions(settings));
}
