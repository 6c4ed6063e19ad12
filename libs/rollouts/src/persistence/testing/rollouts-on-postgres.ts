import { Global, type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Client } from 'pg';
import { Database, DatabaseModule } from '@app/database';
import { GovernanceModule } from '@app/governance';
import { Clock, ManualClock } from '@app/kernel';
import { RulesetReader, RulesetsModule } from '@app/rulesets';
import type { Rollout } from '../../domain/rollout.js';
import { PromotionSource } from '../../ports/promotion-source.js';
import { RolloutStore } from '../../ports/rollout.store.js';
import { PromotionService } from '../../promotion.service.js';
import { RolloutController } from '../../rollout-controller.service.js';
import { RolloutService } from '../../rollout.service.js';
import { RolloutsModule } from '../../rollouts.module.js';
import { ERRORS, QUALITY, START } from '../../testing/rollout.builder.js';
import { ADA } from '../../testing/rollout-world.js';

/** Models: the champion and its challenger. */
export const OLD = '00000000-0000-4000-8000-000000000001';
export const NEW = '00000000-0000-4000-8000-000000000002';
export const METRIC = {
  quality: '00000000-0000-4000-8000-0000000000a1',
  errors: '00000000-0000-4000-8000-0000000000a2',
};
const TASK = 'support-reply';

/** A process of its own: its own connections, services and clock over the same database. */
export interface Process {
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

/** Shares of units with a good answer and with an error. */
interface Rates {
  readonly quality: number;
  readonly errors: number;
}
export const GOOD: Rates = { quality: 0.76, errors: 0.03 };
export const BAD: Rates = { quality: 0.7, errors: 0.4 };

/** An empty, migrated database that nobody else uses. */
interface OwnDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** Two processes over one real database, and what a test does to it without the capabilities that count. */
export class RolloutsOnPostgres {
  private counter = 0;

  private constructor(
    private readonly base: OwnDatabase,
    readonly one: Process,
    readonly two: Process,
  ) {}

  static async open(base: OwnDatabase): Promise<RolloutsOnPostgres> {
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
    return new RolloutsOnPostgres(
      base,
      await startProcess(base.url, 'worker-one'),
      await startProcess(base.url, 'worker-two'),
    );
  }

  get url(): string {
    return this.base.url;
  }

  /** A third process over the same database. */
  another(name: string): Promise<Process> {
    return startProcess(this.url, name);
  }

  async close(): Promise<void> {
    await this.one.app.close();
    await this.two.app.close();
    await this.base.drop();
  }

  /** A new rollout at 5 %; whatever ran before is out of the way. */
  async begin(): Promise<Rollout> {
    await this.one.database.query(
      `UPDATE rollouts SET state = 'rolled-back', share = 0, control_share = 0, cool_down_until = NULL`,
    );
    await this.one.database.query(
      `INSERT INTO task_environments (task, environment, champion_id, updated_at) VALUES ($1, 'production', $2, $3)
       ON CONFLICT (task, environment) DO UPDATE SET champion_id = $2`,
      [TASK, OLD, START],
    );
    this.one.clock.moveTo(new Date(START));
    this.counter += 1;
    return this.one.promotions.promote(
      `greeting-${this.counter}`,
      { variant: 'b', reason: 'a test', stages: [{ share: 0.05, marginFactor: 2 }, { share: 0.5 }] },
      ADA,
    );
  }

  /** Units arrive in the current epoch, at the given rates exactly, until an instant. */
  async arrive(rollout: Rollout, units: number, rates: Rates, at: Date): Promise<void> {
    const { share, stageEpoch } = rollout.state;
    for (const seen of [START, at]) {
      await this.one.database.query(
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
      await this.one.database.query(`INSERT INTO exposure_sums VALUES ($1, '', '', 0, $2, $3, $4, 0, 0)`, [
        rollout.id,
        stageEpoch,
        variant,
        n,
      ]);
      for (const metric of ['quality', 'errors'] as const) {
        const mean = variant === 'challenger' ? rates[metric] : { quality: 0.7, errors: 0.03 }[metric];
        await this.one.database.query(
          `INSERT INTO metric_sums (subject_id, dimension, value, shard, epoch, variant, metric_id, n, y, yy, events, last_at)
           VALUES ($1, '', '', 0, $2, $3, $4, $5, $6, $6, $5, $7)`,
          [rollout.id, stageEpoch, variant, METRIC[metric], n, n * mean, at],
        );
      }
    }
  }

  async championNow(): Promise<string> {
    const rows = await this.one.database.query<{ champion_id: string }>(
      'SELECT champion_id FROM task_environments',
    );
    return rows[0]!.champion_id;
  }

  async served() {
    const { ruleset, version } = (await this.one.app.get(RulesetReader).latest('production'))!;
    return { version, champion: ruleset.tasks[TASK]!.champion, rollout: ruleset.tasks[TASK]!.rollout };
  }

  async steps(rollout: Rollout): Promise<string[]> {
    return (await this.one.store.receipts(rollout.id, { limit: 200 })).items.map(({ step }) => step);
  }

  async epochs(rollout: Rollout): Promise<unknown[]> {
    return this.one.database.query(
      'SELECT number, weights FROM epochs WHERE subject_id = $1 ORDER BY number',
      [rollout.id],
    );
  }
}
