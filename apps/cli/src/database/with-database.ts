import { EmbeddedPostgres, Guard, knownAddress, openDataDir } from '@app/embedded-postgres';
import { DomainError } from '@app/kernel';
import { readStartConfig } from '../start/config.js';
import { lockDataDir } from '../start/data-lock.js';
import { requireDatabase } from '../start/given-database.js';

/**
 * Runs work against the database a person means: DATABASE_URL, else the embedded one of the data folder, which is
 * started for the work and stopped after it.
 *
 * @param options.shared read-only work may use the embedded server while `npm start` runs it
 * @throws DomainError `ALREADY_RUNNING` the data folder is in use and the work wants it alone
 */
export async function withDatabase<T>(
  options: { readonly shared: boolean },
  work: (url: string) => Promise<T>,
): Promise<T> {
  const config = readStartConfig(process.env);
  if (config.DATABASE_URL) {
    await requireDatabase(config.DATABASE_URL);
    return work(config.DATABASE_URL);
  }
  const dataDir = openDataDir(config.CONTENDER_DATA_DIR);
  const unlock = lockOrJoin(dataDir, options.shared);
  if (!unlock) return work(knownAddress(dataDir)!);
  const guard = new Guard();
  const postgres = new EmbeddedPostgres({ dataDir, guard });
  try {
    return await work(await postgres.start());
  } finally {
    await postgres.stop();
    guard.close();
    unlock();
  }
}

/** Null when another process runs the server and the work may share it. */
function lockOrJoin(dataDir: string, shared: boolean): (() => void) | null {
  try {
    return lockDataDir(dataDir);
  } catch (error) {
    const running = error instanceof DomainError && error.code === 'ALREADY_RUNNING';
    if (running && shared && knownAddress(dataDir) !== undefined) return null;
    throw error;
  }
}
