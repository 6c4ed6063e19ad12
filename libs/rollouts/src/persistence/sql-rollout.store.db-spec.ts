import { DataSource } from 'typeorm';
import { Database, dataSourceOptions } from '@app/database';
import { createTestDatabase, type TestDatabase } from '@app/testing';
import { START } from '../testing/rollout.builder.js';
import { rolloutStoreContract } from '../testing/rollout-store.contract.js';
import { RolloutEntity, RolloutReceiptEntity } from './rollout.entities.js';
import { SqlRolloutStore } from './sql-rollout.store.js';

const CHAMPION = '00000000-0000-4000-8000-000000000001';
const CHALLENGER = '00000000-0000-4000-8000-000000000002';

describe('rollouts in Postgres', () => {
  let base: TestDatabase;
  let source: DataSource;

  beforeAll(async () => {
    base = await createTestDatabase();
    source = await new DataSource({
      ...dataSourceOptions({ url: base.url }),
      entities: [RolloutEntity, RolloutReceiptEntity],
    }).initialize();
    await source.query(`INSERT INTO environments VALUES ('production', 'Production', $1)`, [START]);
    for (const [id, key] of [
      [CHAMPION, 'old'],
      [CHALLENGER, 'new'],
    ]) {
      await source.query(
        `INSERT INTO models (id, key, version, provider, name, parameters, created_by, created_at)
         VALUES ($1, $2, 1, 'openai', $2, '{}', 'Ada', $3)`,
        [id, key, START],
      );
    }
    for (const key of ['support-reply', 'translation']) {
      await source.query(
        `INSERT INTO tasks (key, name, unit_type, hash_scheme, position_salt, created_by, created_at)
         VALUES ($1, $1, 'user', 'native-v1', $1, 'Ada', $2)`,
        [key, START],
      );
    }
  });

  afterAll(async () => {
    await source?.destroy();
    await base?.drop();
  });

  rolloutStoreContract(async () => {
    await source.query('TRUNCATE rollout_receipts, rollouts CASCADE');
    return {
      store: new SqlRolloutStore(new Database(source)),
      place: {
        task: 'support-reply',
        otherTask: 'translation',
        environment: 'production',
        championId: CHAMPION,
        challengerId: CHALLENGER,
      },
    };
  });

  it('refuses to change or remove a receipt', async () => {
    const count = async (): Promise<number> =>
      Number((await source.query('SELECT count(*) AS n FROM rollout_receipts'))[0].n);
    await source.query('TRUNCATE rollout_receipts, rollouts CASCADE');
    await source.query(
      `INSERT INTO rollouts (id, key, task, environment, champion_id, challenger_id, plan, state, stage,
         stage_entered_at, share, control_share, memory, approvals, revision, created_by, created_at)
       VALUES ($1, 'r', 'support-reply', 'production', $1, $2, '{}', 'running', 0, $3, 0.01, 0.01, '{}', '[]', 1, 'Ada', $3)`,
      [CHAMPION, CHALLENGER, START],
    );
    await source.query(
      `INSERT INTO rollout_receipts VALUES ($1, 1, $2, 'Ada', 'CREATED', 0, 0, 0, 0.01, '{}', 'a', 'b')`,
      [CHAMPION, START],
    );
    await expect(source.query(`UPDATE rollout_receipts SET body = '{"x":1}'`)).rejects.toThrow(/append-only/);
    await expect(source.query('DELETE FROM rollout_receipts')).rejects.toThrow(/append-only/);
    expect(await count()).toBe(1);
  });
});
