import { withDatabase } from '../database/with-database.js';
import { createFirstKey, prepareDatabase } from './prepare-database.js';

/** `npm run migrate`: the database of DATABASE_URL, else the embedded one while nothing else runs it. */
export async function run(argv: readonly string[]): Promise<number> {
  return withDatabase({ shared: false }, (url) => migrateAndTell(url, argv.includes('--json')));
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
