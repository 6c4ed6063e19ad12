import './resolve-sources.js';
import { dropTemplate } from '../../libs/testing/src/test-database.js';

/** Ends what start-postgres began, and takes our template off a server that is not ours. */
export default async function stopPostgres(): Promise<void> {
  const started = globalThis.contenderTestPostgres;
  if (!started) return dropTemplate();
  await started.server.stop();
  started.guard.close();
}
