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
    extra: { connectionTimeoutMillis: 10_000, options: '-c timezone=UTC' },
  };
}

/** A data source without entities: migrations, schema dumps and hand-written SQL. */
export function plainDataSource(settings: DatabaseSettings): DataSource {
  return new DataSource(dataSourceOptions(settings));
}
