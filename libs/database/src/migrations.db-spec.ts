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

  it('make holdouts that run already subjects, each with its tasks and the groups it compares', async () => {
    const other = await createEmptyDatabase();
    const source = await plainDataSource({ url: other.url }).initialize();
    try {
      await source.runMigrations();
      const measurement = migrations.findIndex(({ name }) => name.startsWith('HoldoutMeasurement'));
      for (let step = migrations.length; step > measurement; step -= 1) await source.undoLastMigration();
      const [holdout, model] = [
        '00000000-0000-4000-8000-00000000000',
        '00000000-0000-4000-8000-0000000000a1',
      ];
      await source.query(`INSERT INTO environments VALUES ('production', 'Production', now())`);
      await source.query(
        `INSERT INTO models (id, key, version, provider, name, parameters, created_by, created_at)
         VALUES ('${model}', 'old', 1, 'test', 'old', '{}', 'Ada', now())`,
      );
      for (const task of ['reply', 'title', 'menu']) {
        await source.query(
          `INSERT INTO tasks (key, name, unit_type, hash_scheme, position_salt, created_by, created_at)
           VALUES ($1, $1, 'user', 'native-v1', 'salt', 'Ada', now())`,
          [task],
        );
      }
      for (const [number, state, ...tasks] of [
        [1, 'running', 'title', 'reply'],
        [2, 'ended', 'menu'],
      ] as const) {
        await source.query(
          `INSERT INTO holdouts (id, key, name, environment, share, salt, state, revision, created_by, created_at)
           VALUES ($1, $2, $2, 'production', 0.1, 'salt', $3, 1, 'Ada', now())`,
          [`${holdout}${number}`, `q${number}`, state],
        );
        for (const task of tasks) {
          await source.query(`INSERT INTO holdout_tasks VALUES ($1, $2, 'production', $3, $4)`, [
            `${holdout}${number}`,
            task,
            model,
            state === 'running',
          ]);
        }
      }
      await source.runMigrations();
      expect(
        await source.query(
          `SELECT s.id, s.key, s.task, s.further_tasks, s.unit_type, e.number, e.weights
           FROM subjects s JOIN epochs e ON e.subject_id = s.id`,
        ),
      ).toEqual([
        {
          ...{ id: `${holdout}1`, key: 'q1', task: 'reply', further_tasks: ['title'], unit_type: 'user' },
          ...{ number: 1, weights: { held: 0.1, open: 0.1 } },
        },
      ]);
      for (let step = migrations.length; step > measurement; step -= 1) await source.undoLastMigration();
      expect(await source.query('SELECT FROM subjects')).toEqual([]);
    } finally {
      await source.destroy();
      await other.drop();
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
