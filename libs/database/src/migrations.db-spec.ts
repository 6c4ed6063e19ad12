import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createEmptyDatabase, type TestDatabase } from '@app/testing';
import { migrations } from '../../../migrations/index.js';
import { plainDataSource } from './data-source.js';
import { migrate } from './migrate.js';
import { dumpSchema } from './schema-dump.js';

const FOLDER = path.join(__dirname, '../../../migrations');

describe('migrations', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createEmptyDatabase();
  });

  afterAll(async () => {
    await database.drop();
  });

  it('are a flat, sorted folder of unique names, all of them listed', () => {
    const files = readdirSync(FOLDER).filter((name) => /^\d/.test(name));
    const stamps = files.map((name) => name.slice(0, 13));
    expect(stamps).toEqual([...stamps].sort());
    expect(new Set(stamps).size).toBe(stamps.length);
    expect(migrations.map((type) => new type().name.slice(-13))).toEqual(stamps);
  });

  it('go up, all the way down and up again, and end in schema.sql', async () => {
    await migrate({ url: database.url });
    const source = await plainDataSource({ url: database.url }).initialize();
    try {
      const first = await dumpSchema(source);
      for (let step = 0; step < migrations.length; step += 1) await source.undoLastMigration();
      expect(await dumpSchema(source)).not.toContain('CREATE TABLE');
      await source.runMigrations();
      const second = await dumpSchema(source);
      expect(second).toBe(first);
      expect(second).toBe(readFileSync(path.join(FOLDER, 'schema.sql'), 'utf8'));
    } finally {
      await source.destroy();
    }
  });

  it('wait for each other when two processes migrate at once', async () => {
    const other = await createEmptyDatabase();
    try {
      const both = await Promise.all([migrate({ url: other.url }), migrate({ url: other.url })]);
      expect(both.map((result) => result.applied.length).sort((a, b) => a - b)).toEqual([
        0,
        migrations.length,
      ]);
    } finally {
      await other.drop();
    }
  });
});
