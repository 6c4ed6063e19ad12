import './resolve-sources.js';
import { Guard, startThrowAwayPostgres, type ThrowAwayPostgres } from '@app/embedded-postgres';

declare global {
  var contenderTestPostgres: { guard: Guard; server: ThrowAwayPostgres } | undefined;
}

/** One PostgreSQL for the whole run: TEST_DATABASE_URL when it is set, else a throw-away cluster. */
export default async function startPostgres(): Promise<void> {
  const template = `contender_template_${process.pid}`;
  let url = process.env.TEST_DATABASE_URL;
  if (!url) {
    const guard = new Guard();
    const server = await startThrowAwayPostgres(guard);
    globalThis.contenderTestPostgres = { guard, server };
    url = server.url;
  }
  process.env.CONTENDER_TEST_PG = JSON.stringify({ url, template });
}
