import { Global, type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Client } from 'pg';
import { Database, DatabaseModule } from '@app/database';
import { GovernanceModule } from '@app/governance';
import { Clock, ManualClock, uuidv7 } from '@app/kernel';
import { RulesetReader, RulesetsModule } from '@app/rulesets';
import { createTestDatabase, type TestDatabase } from '@app/testing';
import { receiptBody } from '../domain/receipt.js';
import type { Rollout } from '../domain/rollout.js';
import { verifyReceipts } from '../domain/verify-receipts.js';
import { PromotionSource } from '../ports/promotion-source.js';
import { RolloutStore } from '../ports/rollout.store.js';
import { PromotionService } from '../promotion.service.js';
import { RolloutController } from '../rollout-controller.service.js';
import { RolloutService } from '../rollout.service.js';
import { RolloutsModule } from '../rollouts.module.js';
import { day, ERRORS, QUALITY, START } from '../testing/rollout.builder.js';
import { ADA } from '../testing/rollout-world.js';

const OLD = '00000000-0000-4000-8000-000000000001';
const NEW = '00000000-0000-4000-8000-000000000002';
const METRIC = {
  quality: '00000000-0000-4000-8000-0000000000a1',
  errors: '00000000-0000-4000-8000-0000000000a2',
};
const TASK = 'support-reply';

/** A process of its own: its own connections, services and clock over the same database. */
interface Process {
  readonly app: INestApplicationContext;
  readonly clock: ManualClock;
  readonly controller: RolloutController;
  readonly rollouts: RolloutService;
  readonly promotions: PromotionService;
  readonly store: RolloutStore;
  readonly database: Database;
}

async function startProcess(url: string, name: string): Promise<Process> {
  const clock = new ManualClock(new Date(START));

  @Global()
  @Module({ providers: [{ provide: Clock, useValue: clock }], exports: [Clock] })
  class TimeModule {}

  @Module({
    imports: [
      DatabaseModule.forRoot({ url, applicationName: name }),
      TimeModule,
      GovernanceModule,
      RulesetsModule,
      RolloutsModule,
    ],
    providers: [PromotionService, { provide: PromotionSource, useClass: OneExperiment }],
  })
  class ProcessModule {}

  const app = await NestFactory.createApplicationContext(ProcessModule, {
    logger: ['error'],
    abortOnError: false,
  });
  return {
    app,
    clock,
    controller: app.get(RolloutController),
    rollouts: app.get(RolloutService),
    promotions: app.get(PromotionService),
    store: app.get(RolloutStore),
    database: app.get(Database),
  };
}

/** The experiments are not what this is about: one that shipped, whatever its key. */
class OneExperiment extends PromotionSource {
  async candidate(experimentKey: string, variant: string) {
    return {
      experimentId: null as unknown as string,
      experimentKey,
      task: TASK,
      environment: 'production',
      hashScheme: 'native-v1' as const,
      template: 'quality-up' as const,
      state: 'running' as const,
      decision: null,
      plannedUnits: 5000,
      minDays: 7,
      metrics: [QUALITY, ERRORS],
      metricIds: [METRIC.quality, METRIC.errors],
      variant,
      challengerId: NEW,
      challengerShare: 0.05,
      trafficShare: 1,
      controlVariant: 'a',
      controlModelId: OLD,
      championId: OLD,
      audienceLimited: false,
      look: null,
    };
  }

  async history() {
    return null;
  }

  async conclude(): Promise<void> {}
}

describe('rollouts over a real database', () => {
  let base: TestDatabase;
  let one: Process;
  let two: Process;
  let counter = 0;

  beforeAll(async () => {
    base = await createTestDatabase();
    const admin = new Client({ connectionString: base.url });
    await admin.connect();
    await admin.query(`INSERT INTO environments VALUES ('production', 'Production', '${START}')`);
    await admin.query(
      `INSERT INTO models (id, key, version, provider, name, parameters, created_by, created_at)
       VALUES ('${OLD}', 'old', 1, 'openai', 'old', '{}', 'Ada', '${START}'),
              ('${NEW}', 'new', 1, 'openai', 'new', '{}', 'Ada', '${START}')`,
    );
    await admin.query(
      `INSERT INTO tasks (key, name, unit_type, hash_scheme, position_salt, created_by, created_at)
       VALUES ('${TASK}', 'Support', 'user', 'native-v1', 'task:support-reply:position', 'Ada', '${START}')`,
    );
    await admin.query(
      `INSERT INTO metrics (id, key, version, name, kind, source, aggregate, direction, transform, missing, created_by, created_at)
       VALUES ('${METRIC.quality}', 'quality', 1, 'Quality', 'proportion', 'quality', 'max', 'increase', 'none', 'exclude', 'Ada', '${START}'),
              ('${METRIC.errors}', 'errors', 1, 'Errors', 'proportion', 'errors', 'max', 'decrease', 'none', 'exclude', 'Ada', '${START}')`,
    );
    await admin.end();
    [one, two] = [await startProcess(base.url, 'worker-one'), await startProcess(base.url, 'worker-two')];
  });

  afterAll(async () => {
    await one?.app.close();
    await two?.app.close();
    await base?.drop();
  });

  /** A new rollout at 5 %; whatever ran before is out of the way. */
  const begin = async (): Promise<Rollout> => {
    await one.database.query(
      `UPDATE rollouts SET state = 'rolled-back', share = 0, control_share = 0, cool_down_until = NULL`,
    );
    await one.database.query(
      `INSERT INTO task_environments (task, environment, champion_id, updated_at) VALUES ($1, 'production', $2, $3)
       ON CONFLICT (task, environment) DO UPDATE SET champion_id = $2`,
      [TASK, OLD, START],
    );
    one.clock.moveTo(new Date(START));
    counter += 1;
    return one.promotions.promote(
      `greeting-${counter}`,
      { variant: 'b', reason: 'a test', stages: [{ share: 0.05, marginFactor: 2 }, { share: 0.5 }] },
      ADA,
    );
  };

  /** Units arrive in the current epoch, at the given rates exactly, until an instant. */
  const arrive = async (
    rollout: Rollout,
    units: number,
    rates: { quality: number; errors: number },
    at: Date,
  ) => {
    const { share, stageEpoch } = rollout.state;
    for (const seen of [START, at]) {
      await one.database.query(
        `INSERT INTO unit_exposures (subject_id, unit, bucket, epoch, variant, first_at, crossing)
         VALUES ($1, $2, 0, $3, 'control', $4, false) ON CONFLICT DO NOTHING`,
        [rollout.id, new Date(seen).toISOString(), stageEpoch, seen],
      );
    }
    for (const [variant, weight] of Object.entries({
      challenger: share,
      control: share,
      champion: 1 - 2 * share,
    })) {
      const n = Math.round(units * weight);
      if (n === 0) continue;
      await one.database.query(`INSERT INTO exposure_sums VALUES ($1, '', '', 0, $2, $3, $4, 0, 0)`, [
        rollout.id,
        stageEpoch,
        variant,
        n,
      ]);
      for (const metric of ['quality', 'errors'] as const) {
        const mean = variant === 'challenger' ? rates[metric] : { quality: 0.7, errors: 0.03 }[metric];
        await one.database.query(
          `INSERT INTO metric_sums (subject_id, dimension, value, shard, epoch, variant, metric_id, n, y, yy, events, last_at)
           VALUES ($1, '', '', 0, $2, $3, $4, $5, $6, $6, $5, $7)`,
          [rollout.id, stageEpoch, variant, METRIC[metric], n, n * mean, at],
        );
      }
    }
  };
  const GOOD = { quality: 0.76, errors: 0.03 };
  const BAD = { quality: 0.7, errors: 0.4 };
  const championNow = async (): Promise<string> =>
    (await one.database.query<{ champion_id: string }>('SELECT champion_id FROM task_environments'))[0]!
      .champion_id;
  const served = async () => {
    const { ruleset, version } = (await one.app.get(RulesetReader).latest('production'))!;
    return { version, champion: ruleset.tasks[TASK]!.champion, rollout: ruleset.tasks[TASK]!.rollout };
  };
  const steps = async (rollout: Rollout): Promise<string[]> =>
    (await one.store.receipts(rollout.id, { limit: 200 })).items.map(({ step }) => step);
  const epochs = async (rollout: Rollout): Promise<unknown[]> =>
    one.database.query('SELECT number, weights FROM epochs WHERE subject_id = $1 ORDER BY number', [
      rollout.id,
    ]);

  it('publishes a rollout with its stage, share and epoch the moment it begins', async () => {
    const rollout = await begin();
    expect(await served()).toMatchObject({
      champion: 'old@1',
      rollout: { key: rollout.key, epoch: 1, stage: 0, share: 0.05, controlShare: 0.05, challenger: 'new@1' },
    });
    expect(
      await one.database.query('SELECT kind, due_at FROM schedules WHERE subject_id = $1', [rollout.id]),
    ).toEqual([{ kind: 'rollout', due_at: new Date(START) }]);
  });

  it('moves up to a new champion, every step published and written down', async () => {
    const rollout = await begin();
    await arrive(rollout, 20_000, GOOD, day(2));
    expect((await one.controller.step(rollout.id, day(2))).kind).toBe('ADVANCE');
    expect(await epochs(rollout)).toEqual([
      { number: 1, weights: { challenger: 0.05, control: 0.05, champion: 0.9 } },
      { number: 2, weights: { challenger: 0.5, control: 0.5 } },
    ]);
    expect((await served()).rollout).toMatchObject({ epoch: 2, stage: 1, share: 0.5 });
    const second = (await one.store.byKey(rollout.key))!;
    await arrive(second, 20_000, GOOD, day(8));
    expect((await one.controller.step(rollout.id, day(5))).kind).toBe('HOLD');
    expect(await one.controller.step(rollout.id, day(8))).toEqual({ kind: 'PROMOTE', finished: true });
    expect(await championNow()).toBe(NEW);
    expect(await served()).toMatchObject({ champion: 'new@1', rollout: null });
    expect(await steps(rollout)).toEqual(['CREATED', 'ADVANCE', 'HOLD', 'PROMOTE']);
    expect(verifyReceipts((await one.store.receipts(rollout.id, { limit: 200 })).items)).toEqual([]);
    expect(await one.controller.step(rollout.id, day(9))).toEqual({ kind: 'NONE', finished: true });
  });

  it('rolls a bad challenger back, also while a person holds it', async () => {
    const rollout = await begin();
    await one.rollouts.hold(rollout.key, 'waiting for legal', ADA);
    await arrive(rollout, 20_000, BAD, day(0.1));
    expect(await one.controller.step(rollout.id, day(0.1))).toEqual({ kind: 'ROLLBACK', finished: true });
    expect(await championNow()).toBe(OLD);
    expect(await served()).toMatchObject({ champion: 'old@1', rollout: null });
    const last = (await one.store.lastReceipt(rollout.id))!;
    expect(receiptBody(last).reasons[0]!.message).toMatch(/^errors is worse than may be accepted/);
  });

  it('moves once when many workers step at the same moment', async () => {
    const rollout = await begin();
    await arrive(rollout, 20_000, GOOD, day(2));
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, (_, index) => (index % 2 ? one : two).controller.step(rollout.id, day(2))),
    );
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['ADVANCE', ...Array(7).fill('HOLD')]);
    expect(await epochs(rollout)).toHaveLength(2);
    expect((await steps(rollout)).filter((step) => step === 'ADVANCE')).toHaveLength(1);
    expect((await one.store.byKey(rollout.key))!.state.stage).toBe(1);
  });

  it('lets a person and a worker act at once, one after the other', async () => {
    const rollout = await begin();
    await arrive(rollout, 20_000, GOOD, day(2));
    two.clock.moveTo(day(2));
    await Promise.all([
      one.controller.step(rollout.id, day(2)),
      two.rollouts.rollback(rollout.key, 'stop it', ADA),
    ]);
    expect((await one.store.byKey(rollout.key))!.state).toMatchObject({ lifecycle: 'rolled-back', share: 0 });
    expect(verifyReceipts((await one.store.receipts(rollout.id, { limit: 200 })).items)).toEqual([]);
  });

  it('lets one of two promotions of a task begin', async () => {
    await begin();
    await one.database.query(
      `UPDATE rollouts SET state = 'rolled-back', share = 0, control_share = 0 WHERE state = 'running'`,
    );
    const outcomes = await Promise.allSettled(
      [one, two].map((process, index) =>
        process.promotions.promote(`racing-${index}`, { variant: 'b', reason: 'a race' }, ADA),
      ),
    );
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const lost = outcomes.find((outcome) => outcome.status === 'rejected');
    expect(lost?.reason).toMatchObject({ code: 'ROLLOUT_ALREADY_ACTIVE' });
  });

  it('stands as before when a worker is killed in the middle of a step, and the next one does it', async () => {
    const rollout = await begin();
    await arrive(rollout, 20_000, GOOD, day(2));
    const before = { rollout: await one.store.byKey(rollout.key), served: await served() };
    const dying = await startProcess(base.url, 'worker-dying');
    // Publishing comes last in a step: whoever keeps it waiting stops the worker with everything else written.
    const blocker = new Client({ connectionString: base.url });
    await blocker.connect();
    await blocker.query('BEGIN');
    await blocker.query('LOCK TABLE rulesets IN ACCESS EXCLUSIVE MODE');
    const step = dying.controller.step(rollout.id, day(2)).then(
      () => 'lived',
      () => 'died',
    );
    const admin = new Client({ connectionString: base.url });
    await admin.connect();
    const waiting = async (): Promise<number> =>
      (
        await admin.query(
          `SELECT pid FROM pg_stat_activity WHERE application_name = 'worker-dying' AND wait_event_type = 'Lock'`,
        )
      ).rowCount!;
    while ((await waiting()) === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await admin.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'worker-dying'`,
    );
    expect(await step).toBe('died');
    await blocker.query('ROLLBACK');
    await Promise.all([blocker.end(), admin.end(), dying.app.close()]);
    expect({ rollout: await one.store.byKey(rollout.key), served: await served() }).toEqual(before);
    expect(await epochs(rollout)).toHaveLength(1);
    expect(await steps(rollout)).toEqual(['CREATED']);
    expect((await two.controller.step(rollout.id, day(2))).kind).toBe('ADVANCE');
    expect(await steps(rollout)).toEqual(['CREATED', 'ADVANCE']);
  });

  it('holds when a judge or the provider changed its version meanwhile', async () => {
    const rollout = await begin();
    await arrive(rollout, 20_000, GOOD, day(2));
    const units = Array.from({ length: 60 }, (_, unit) => unit);
    await one.database.query(
      `INSERT INTO unit_exposures (subject_id, unit, bucket, epoch, variant, first_at, crossing)
       SELECT $1, 'unit-' || u, 0, 1, 'challenger', $3, false FROM unnest($2::int[]) AS a (u)`,
      [rollout.id, units, START],
    );
    await one.database.query(
      `INSERT INTO unit_metrics (subject_id, metric_id, unit, bucket, value, events, last_at, evaluators, served_models)
       SELECT $1, $4, 'unit-' || u, 0, 1, 1, $3::timestamptz + u * interval '1 minute',
         ARRAY[CASE WHEN u < 45 THEN 'grader@1' ELSE 'grader@2' END], ARRAY[CASE WHEN u < 30 THEN 'm-2025' ELSE 'm-2026' END]
       FROM unnest($2::int[]) AS a (u)`,
      [rollout.id, units, START, METRIC.quality],
    );
    const step = await one.controller.step(rollout.id, day(2));
    expect(step.kind).toBe('HOLD');
    const { reasons } = receiptBody((await one.store.lastReceipt(rollout.id))!);
    expect(reasons.map(({ code, metric }) => [code, metric])).toEqual([
      ['JUDGE_CHANGED', 'quality'],
      ['PROVIDER_CHANGED', undefined],
    ]);
    expect(reasons[1]!.message).toMatch(/served m-2025 to the challenger and now serves m-2026/);
    expect(verifyReceipts((await one.store.receipts(rollout.id, { limit: 200 })).items)).toEqual([]);
  });

  it('holds while events of its environment wait to be counted, and not for those of another', async () => {
    const rollout = await begin();
    await arrive(rollout, 20_000, GOOD, day(2));
    const wait = (environment: string): Promise<unknown> =>
      one.database.query(
        `INSERT INTO pending_units (shard, environment, unit, waiting_since) VALUES (3, $1, 'u', $2)`,
        [environment, day(1.99)],
      );
    one.clock.moveTo(day(2));
    await wait('staging');
    expect((await one.rollouts.status(rollout.key)).next!.kind).toBe('ADVANCE');
    await wait('production');
    expect((await one.controller.step(rollout.id, day(2))).kind).toBe('HOLD');
    expect(receiptBody((await one.store.lastReceipt(rollout.id))!).reasons.map(({ code }) => code)).toEqual([
      'DATA_LAG',
    ]);
    expect(verifyReceipts((await one.store.receipts(rollout.id, { limit: 200 })).items)).toEqual([]);
    await one.database.query('DELETE FROM pending_units');
    expect((await one.controller.step(rollout.id, day(2))).kind).toBe('ADVANCE');
  });

  it('holds when somebody else became champion meanwhile', async () => {
    const rollout = await begin();
    await arrive(rollout, 20_000, GOOD, day(2));
    const other = uuidv7(new Date(START));
    await one.database.query(
      `INSERT INTO models (id, key, version, provider, name, parameters, created_by, created_at)
       VALUES ($1, 'third', 1, 'openai', 'third', '{}', 'Ada', $2)`,
      [other, START],
    );
    await one.database.query('UPDATE task_environments SET champion_id = $1', [other]);
    const { next } = await one.rollouts.status(rollout.key);
    expect(next!.reasons[0]!.code).toBe('CHAMPION_CHANGED');
  });
});
