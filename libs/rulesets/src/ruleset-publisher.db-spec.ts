import { Global, type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Database, DatabaseModule } from '@app/database';
import { GovernanceModule } from '@app/governance';
import { Clock, ManualClock } from '@app/kernel';
import { HeldRuleset } from '@app/ruleset-deltas';
import { createTestDatabase, type TestDatabase } from '@app/testing';
import { Client } from 'pg';
import { RulesetPublisher } from './ruleset-publisher.service.js';
import { RulesetsModule } from './rulesets.module.js';

const START = '2026-01-05T09:00:00.000Z';
const TASKS = 40;

interface Row {
  version: number;
  body: string;
  delta: string | null;
}

describe('publishing what has changed beside the whole', () => {
  let base: TestDatabase;
  let sql: Client;
  let app: INestApplicationContext;
  let database: Database;
  let publisher: RulesetPublisher;

  beforeAll(async () => {
    base = await createTestDatabase();
    sql = new Client({ connectionString: base.url });
    await sql.connect();
    await sql.query(`INSERT INTO environments VALUES ('production', 'Production', $1)`, [START]);
    await sql.query(
      `INSERT INTO models (id, key, version, provider, name, parameters, created_by, created_at)
       SELECT ('00000000-0000-4000-8000-00000000000' || n)::uuid, 'model-' || n, 1, 'test', 'a model', '{}', 'a test', $1
       FROM generate_series(1, 3) AS n`,
      [START],
    );
    await addTasks(1, TASKS);
    const clock = new ManualClock(new Date(START));

    @Global()
    @Module({ providers: [{ provide: Clock, useValue: clock }], exports: [Clock] })
    class TimeModule {}

    @Module({
      imports: [
        DatabaseModule.forRoot({ url: base.url, applicationName: 'publisher' }),
        TimeModule,
        GovernanceModule,
        RulesetsModule,
      ],
    })
    class ProcessModule {}

    app = await NestFactory.createApplicationContext(ProcessModule, {
      logger: ['error'],
      abortOnError: false,
    });
    database = app.get(Database);
    publisher = app.get(RulesetPublisher);
  });

  afterAll(async () => {
    await app?.close();
    await sql?.end();
    await base?.drop();
  });

  const addTasks = async (from: number, to: number): Promise<void> => {
    await sql.query(
      `WITH added AS (
         INSERT INTO tasks (key, name, unit_type, hash_scheme, position_salt, created_by, created_at)
         SELECT 'task-' || n, 'Task', 'user', 'native-v1', 'task:task-' || n || ':position', 'a test', $3
         FROM generate_series($1::int, $2::int) AS n RETURNING key)
       INSERT INTO task_environments (task, environment, champion_id, updated_at)
       SELECT key, 'production', '00000000-0000-4000-8000-000000000001', $3 FROM added`,
      [from, to, START],
    );
  };
  /** In one transaction, as every change of the control plane is. */
  const change = (text: string, values: unknown[] = []): Promise<void> =>
    database.transaction(async () => {
      await database.query(text, values);
      await publisher.publish('production', 'a test');
    });
  const champion = (task: number, model: number): Promise<void> =>
    change(`UPDATE task_environments SET champion_id = $2 WHERE task = $1`, [
      `task-${task}`,
      `00000000-0000-4000-8000-00000000000${model}`,
    ]);
  const published = async (): Promise<Row[]> =>
    (await sql.query<Row>('SELECT version::int, body, delta FROM rulesets ORDER BY version')).rows;

  it('leads whoever follows deltas to the text that whoever reads the whole has, whatever was changed', async () => {
    await publisher.publish('production', 'the first');
    await champion(3, 2);
    await change(`UPDATE task_environments SET enabled = false, champion_id = NULL WHERE task = 'task-7'`);
    await addTasks(TASKS + 1, TASKS + 2);
    await publisher.publish('production', 'more tasks');
    await change(
      `INSERT INTO subjects (id, kind, key, environment, task, unit_type, assignment, opened_at)
       VALUES ('00000000-0000-4000-8000-0000000000e1', 'experiment', 'tone', 'production', 'task-5', 'user', 'given', $1)`,
      [START],
    );
    // Undone: another version that says the same as before.
    await champion(3, 1);
    await change(`UPDATE subjects SET outcomes_until = '2026-01-01' WHERE key = 'tone'`);
    const rows = await published();
    expect(rows.map(({ version, delta }) => [version, delta !== null])).toEqual([
      [1, false],
      [2, true],
      [3, true],
      [4, true],
      [5, true],
      [6, true],
      [7, true],
    ]);
    let held = HeldRuleset.parse(rows[0]!.body);
    for (const { version, body, delta } of rows.slice(1)) {
      held = held.after(delta!);
      expect([held.version, held.text()]).toEqual([version, body]);
      expect(held.sha256).toBe(HeldRuleset.parse(body).sha256);
    }
  });

  it('makes no version of what was published already, and one each of changes made at once', async () => {
    const before = (await published()).length;
    await publisher.publish('production', 'nothing');
    expect(await published()).toHaveLength(before);
    await Promise.all([champion(11, 2), champion(12, 2), champion(13, 2)]);
    const rows = await published();
    expect(rows).toHaveLength(before + 3);
    let held = HeldRuleset.parse(rows[before - 1]!.body);
    for (const { delta } of rows.slice(before)) held = held.after(delta!);
    expect(held.text()).toBe(rows.at(-1)!.body);
  });

  it('publishes no delta where most has changed, and the whole alone after one that cannot be read', async () => {
    await change(`UPDATE task_environments SET champion_id = '00000000-0000-4000-8000-000000000003'`);
    expect((await published()).at(-1)!.delta).toBeNull();
    await sql.query(`UPDATE rulesets SET body = '{' WHERE version = (SELECT max(version) FROM rulesets)`);
    await champion(3, 2);
    const { body, delta } = (await published()).at(-1)!;
    expect(delta).toBeNull();
    expect(HeldRuleset.parse(body).ruleset.tasks['task-3']!.champion).toBe('model-2@1');
  });
});
