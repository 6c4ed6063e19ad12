import { Client } from 'pg';
import type { Actor } from '@app/governance';
import { DAWN, type Life, type LifeLog, type Lives, type RampHost, Struck } from '@app/rollouts';
import { CAST, furnish, THIRD } from './furnish.js';
import { runExperiment } from './life-experiment.js';
import { revealTraffic } from './reveal-traffic.js';
import { type SimulatedProcess, startSimulatedProcess, TASK } from './simulated-process.js';
import { StruckConnections } from './struck-connections.js';

const ADA: Actor = { name: 'Ada', role: 'editor', kind: 'human', environment: null };
/** Statements of the longest transaction: a promotion, with its ruleset. */
const LONGEST = 70;
const UNDELIVERED = `SELECT due_at FROM webhook_deliveries WHERE subject_key = $1 AND due_at IS NOT NULL`;
/** How a cut connection shows in the statements that were still under way. */
const CUT = /Connection terminated|connection was cut|not queryable|closed/;

/** Lives over PostgreSQL: two processes with connections of their own, real rows, real rulesets, a real outbox. */
export class PostgresLives implements Lives {
  readonly longest = LONGEST;
  private toldUntil = new Date(DAWN);

  private constructor(
    private readonly admin: Client,
    private readonly processes: readonly [SimulatedProcess, SimulatedProcess],
    private readonly connections: StruckConnections,
  ) {}

  /** @param url an empty, migrated database that nobody else uses */
  static async open(url: string): Promise<PostgresLives> {
    const admin = new Client({ connectionString: url });
    await admin.connect();
    await furnish(admin);
    const processes = [
      await startSimulatedProcess(url, 'worker-one'),
      await startSimulatedProcess(url, 'worker-two'),
    ] as const;
    const connections = new StruckConnections(processes.map(({ database }) => database.source));
    return new PostgresLives(admin, processes, connections);
  }

  async close(): Promise<void> {
    for (const { app } of this.processes) await app.close();
    await this.admin.end();
  }

  async host(life: Life, key: string): Promise<RampHost> {
    await this.clear();
    const [one, two] = this.processes;
    await runExperiment(two, this.admin, { life, key, actor: ADA });
    const before = await this.newestRuleset();
    one.receiver.begin(life.receiver);
    this.connections.forget();
    return {
      statements: this.connections,
      workers: [one.controller, two.controller],
      people: two.people,
      promotions: two.promotions,
      clock: two.clock,
      atOnce: (random, actors) => this.connections.atOnce(this.admin, random, actors),
      isStrike: (error) => error instanceof Struck || CUT.test(String((error as Error)?.message)),
      reveal: (rollout, traffic) => revealTraffic(this.admin, rollout, traffic),
      served: async () => {
        const { enabled, rollout } = (await this.rulesets(before)).at(-1)!.tasks[TASK]!;
        if (!enabled) return null;
        return rollout && { epoch: rollout.epoch, share: rollout.share };
      },
      current: async () => (await one.store.byKey(key))!,
      switchTask: async (enabled) => {
        await two.tasks.setSwitch(TASK, { environment: 'production', enabled, reason: 'as simulated' }, ADA);
      },
      deliver: (at) => this.deliver(at),
      crownAnother: async () => {
        await this.admin.query('UPDATE task_environments SET champion_id = $1', [THIRD]);
      },
      log: (id) => this.log(id, key, before),
    };
  }

  private async deliver(at: Date): Promise<boolean> {
    const [{ clock, deliveries }] = this.processes;
    clock.moveTo(at);
    this.toldUntil = at;
    try {
      return (await deliveries.round()) > 0;
    } finally {
      await this.connections.quiet();
    }
  }

  /** Ends what ran before, sets champion, switch and webhook back. */
  private async clear(): Promise<void> {
    await this.admin.query(`UPDATE experiments SET state = 'archived' WHERE state = 'running'`);
    await this.admin.query(
      `UPDATE rollouts SET state = 'rolled-back', share = 0, control_share = 0, cool_down_until = NULL
       WHERE state IN ('running', 'held') OR cool_down_until IS NOT NULL`,
    );
    await this.admin.query('UPDATE task_environments SET champion_id = $1, enabled = true', [
      CAST.championId,
    ]);
    // Else every ruleset would name all lives before it, for their time is the same.
    await this.admin.query(
      `UPDATE subjects SET exposures_until = '-infinity', outcomes_until = '-infinity'
       WHERE outcomes_until IS DISTINCT FROM '-infinity'`,
    );
    // Emptied row by row they would be read through to their old ends until somebody vacuums.
    await this.admin.query('TRUNCATE webhook_deliveries, shadow_pairs');
    await this.admin.query('UPDATE webhooks SET enabled = true, disabled_reason = NULL');
  }

  private async newestRuleset(): Promise<number> {
    const { rows } = await this.admin.query<{ version: string | null }>(
      'SELECT max(version) AS version FROM rulesets',
    );
    return Number(rows[0]!.version ?? 0);
  }

  private async rulesets(after: number): Promise<Ruleset[]> {
    const { rows } = await this.admin.query<{ body: string }>(
      `SELECT body FROM rulesets WHERE environment = 'production' AND version > $1 ORDER BY version`,
      [after],
    );
    return rows.map(({ body }) => JSON.parse(body) as Ruleset);
  }

  private async log(id: string, key: string, before: number): Promise<LifeLog> {
    const [{ store }] = this.processes;
    const rows = async <T>(sql: string, parameter: string): Promise<T[]> =>
      (await this.admin.query(sql, [parameter])).rows as T[];
    const serving = await this.admin.query<{ id: string }>('SELECT champion_id AS id FROM task_environments');
    return {
      rollout: (await store.byKey(key))!,
      receipts: (await store.receipts(id, { limit: 1_000 })).items,
      epochs: await rows(
        `SELECT number, coalesce((weights->>'challenger')::float8, 0) AS share FROM epochs WHERE subject_id = $1 ORDER BY number`,
        id,
      ),
      published: (await this.rulesets(before)).map(
        (ruleset) =>
          ruleset.tasks[TASK]!.rollout?.share ?? (ruleset.tasks[TASK]!.champion === 'new@1' ? 1 : 0),
      ),
      audited: (
        await rows<{ action: string }>(
          `SELECT action FROM audit_log WHERE subject_type = 'rollout' AND subject_key = $1 ORDER BY id`,
          key,
        )
      ).map(({ action }) => action),
      announced: await rows(
        `SELECT type, (notice::json->'data'->>'receipt')::int AS receipt FROM webhook_deliveries WHERE subject_key = $1 ORDER BY id`,
        key,
      ),
      // What a clock that was ahead announced is not due yet.
      undelivered: (await rows<{ due_at: Date }>(UNDELIVERED, key)).filter(
        ({ due_at: due }) => due <= this.toldUntil,
      ).length,
      championId: serving.rows[0]!.id,
    };
  }
}

interface Ruleset {
  readonly tasks: Readonly<
    Record<
      string,
      {
        readonly champion: string;
        readonly enabled: boolean;
        readonly rollout: { readonly epoch: number; readonly share: number } | null;
      }
    >
  >;
}
