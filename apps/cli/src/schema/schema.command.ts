import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { dumpSchema, migrate, plainDataSource } from '@app/database';
import { Guard, startThrowAwayPostgres } from '@app/embedded-postgres';

/** `npm run schema`: migrates a throw-away database and writes what came out to migrations/schema.sql. */
export async function run(): Promise<number> {
  const guard = new Guard();
  const server = await startThrowAwayPostgres(guard);
  try {
    await migrate({ url: server.url });
    const source = await plainDataSource({ url: server.url }).initialize();
    const schema = await dumpSchema(source);
    await source.destroy();
    const file = path.resolve('migrations/schema.sql');
    await writeFile(file, schema);
    process.stdout.write(`Wrote ${file}\n`);
    return 0;
  } finally {
    await server.stop();
    guard.close();
  }
}
