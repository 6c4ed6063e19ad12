import type { DataSource } from 'typeorm';
import { plainDataSource, type DatabaseSettings } from './data-source.js';

/** Any fixed number: one migrator at a time per database. */
const MIGRATION_LOCK = 7_220_001;

/**
 * Brings a database to the newest schema; safe to call from several processes at once.
 *
 * @returns names of the migrations applied now, oldest first; empty when it was up to date
 */
export async function migrate(settings: DatabaseSettings): Promise<{ applied: string[] }> {
  const source = plainDataSource({ ...settings, poolSize: 3, applicationName: 'contender-migrate' });
  await source.initialize();
  try {
    return { applied: await migrateWith(source) };
  } finally {
    await source.destroy();
  }
}

async function migrateWith(source: DataSource): Promise<string[]> {
  const guard = source.createQueryRunner();
  try {
    await guard.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const done = await source.runMigrations();
    return done.map((migration) => migration.name);
  } finally {
    await guard.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    await guard.release();
  }
}
