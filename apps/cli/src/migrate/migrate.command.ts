import { EmbeddedPostgres, Guard, openDataDir } from '@app/embedded-postgres';
import { readStartConfig } from '../start/config.js';
import { lockDataDir } from '../start/data-lock.js';
import { requireDatabase } from '../start/given-database.js';
import { createFirstKey, prepareDatabase } from './prepare-database.js';

/** `npm run migrate`: the database of DATABASE_URL, else the embedded one while nothing else runs it. */
export async function run(argv: readonly string[]): Promise<number> {
  const config = readStartConfig(process.env);
  const json = argv.includes('--json');
  if (config.DATABASE_URL) {
    await requireDatabase(config.DATABASE_URL);
    return migrateAndTell(config.DATABASE_URL, json);
  }
  const dataDir = openDataDir(config.CONTENDER_DATA_DIR);
  const unlock = lockDataDir(dataDir);
  const guard = new Guard();
  const postgres = new EmbeddedPostgres({ dataDir, guard });
  try {
    return await migrateAndTell(await postgres.start(), json);
  } finally {
    await postgres.stop();
    guard.close();
    unlock();
  }
}

async function migrateAndTell(url: string, json: boolean): Promise<number> {
  const applied = await prepareDatabase(url);
  const adminKey = await createFirstKey(url);
  if (json) {
    console.log(JSON.stringify({ applied, adminKey: adminKey || null }));
    return 0;
  }
  console.log(applied.length > 0 ? `Applied: ${applied.join(', ')}` : 'The database is up to date.');
  if (adminKey) console.log(`First admin key, shown this once: ${adminKey}`);
  return 0;
}
