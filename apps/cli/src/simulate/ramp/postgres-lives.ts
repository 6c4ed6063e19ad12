import { Client } from 'pg';
import {
  type Cast,
  DAWN,
  type Life,
  type LifeLog,
  type Lives,
  type RampHost,
  type Rollout,
  type SimulatedTraffic,
  Struck,
} from '@app/rollouts';
import { LifePromotions, type SimulatedProcess, startSimulatedProcess, TASK } from './simulated-process.js';
import { StruckConnections } from './struck-connections.js';

const CAST: Cast = {
  championId: '00000000-0000-4000-8000-000000000001',
  challengerId: '00000000-0000-4000-8000-000000000002',
  metricIds: ['00000000-0000-4000-8000-0000000000a1', '00000000-0000-4000-8000-0000000000a2'],
};
const THIRD = '00000000-0000-4000-8000-000000000003';
const METRICS = ['quality', 'errors'] as const;
/** Statements of the longest transaction: a promotion, with its ruleset. */
const LONGEST = 40;
/** How a cut connection shows in the statements that were still under way. */
const CUT = /Connection terminated|connection was cut|not queryable|closed/;

/** Lives over PostgreSQL: two processes with connections of their own, real rows, real rulesets, a real outbox. */
export class PostgresLives implements Lives {
  readonly longest = LONGEST;

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
      await startSimulatedProcess(url, 'worker-one', CAST),
      await startSimulatedProcess(url, 'worker-two', CAST),
    ] as const;
    const connections = new StruckConnections(processes.map(({ database }) => database.source));
    return new PostgresLives(admin, processes, connections);
  }

  async close(): Promise<void> {
    for (const { app } of this.processes) await app.close();
    await this.admin.end();
  }

  async host(life: Life, key: string): Promise<RampHost> {
    LifePromotions.life = life;
    const before = await this.clear();
    const [one, two] = this.processes;
    return {
      statements: this.connections,
      workers: [one.controller, two.controller],
      people: two.people,
      promotions: two.promotions,
      clock: two.clock,
      // The server draws who is first.
      atOnce: (_random, actors) => Promise.allSettled(actors.map((act) => act())),
      isStrike: (error) => error instanceof Struck || CUT.test(String((error as Error)?.message)),
      reveal: (rollout, traffic) => this.reveal(rollout, traffic),
      served: async () => {
        const rollout = served((await this.rulesets(before)).at(-1)!);
        return rollout && { epoch: rollout.epoch, share: rollout.share };
      },
      current: async () => (await one.store.byKey(key))!,
      crownAnother: async () => {
        await this.admin.query('UPDATE task_environments SET champion_id = $1', [THIRD]);
      },
      log: (id) => this.log(id, key, before),
    };
  }

  /** Ends what ran before, sets the champion back and answers the newest ruleset's version. */
  private async clear(): Promise<number> {
    await this.admin.query(
      `UPDATE rollouts SET state = 'rolled-back', share = 0, control_share = 0, cool_down_until = NULL
       WHERE state IN ('running', 'held') OR cool_down_until IS NOT NULL`,
    );
    await this.admin.query('UPDATE task_environments SET champion_id = $1', [CAST.championId]);
    const { rows } = await this.admin.query<{ version: string | null }>(
      'SELECT max(version) AS version FROM rulesets',
    );
    return Number(rows[0]!.version ?? 0);
  }

  private async reveal(rollout: Rollout, traffic: SimulatedTraffic): Promise<void> {
    const arms = traffic.epochs.flatMap(({ number, arms }) =>
      Object.entries(arms).map(([variant, counts]) => ({ number, variant, counts })),
    );
    const [first, last] = [new Date(traffic.firstAt ?? DAWN), new Date(traffic.lastAt ?? DAWN)];
    await this.admin.query(
      `INSERT INTO unit_exposures (subject_id, unit, bucket, epoch, variant, first_at, crossing)
       SELECT $1, unit, 0, 1, 'control', at, false FROM unnest('{first,last}'::text[], $2::timestamptz[]) AS u (unit, at)
       ON CONFLICT (unit, subject_id) DO UPDATE SET first_at = excluded.first_at`,
      [rollout.id, [first, last]],
    );
    await this.admin.query(
      `INSERT INTO exposure_sums
       SELECT $1, '', '', 0, epoch, variant, units, 0, 0 FROM unnest($2::int[], $3::text[], $4::bigint[]) AS a (epoch, variant, units)
       ON CONFLICT (subject_id, dimension, value, epoch, variant, shard) DO UPDATE SET units = excluded.units`,
      [
        rollout.id,
        arms.map(({ number }) => number),
        arms.map(({ variant }) => variant),
        arms.map(({ counts }) => counts.units),
      ],
    );
    if (traffic.lastPairAt !== null) await this.revealPairs(rollout, traffic, new Date(traffic.lastPairAt));
    await this.admin.query('DELETE FROM pending_units');
    await this.admin.query(
      `INSERT INTO pending_units (shard, environment, unit, waiting_since)
       SELECT 0, 'production', 'waiting', $1::timestamptz WHERE $1::timestamptz IS NOT NULL`,
      [traffic.waitingSince === null ? null : new Date(traffic.waitingSince)],
    );
    const measured = arms.flatMap((arm) =>
      METRICS.map((metric, index) => ({ ...arm, metric, metricId: CAST.metricIds[index]! })),
    );
    await this.admin.query(
      `INSERT INTO metric_sums (subject_id, dimension, value, shard, epoch, variant, metric_id, n, y, yy, events, last_at)
       SELECT $1, '', '', 0, epoch, variant, metric, n, y, y, n, $7
       FROM unnest($2::int[], $3::text[], $4::uuid[], $5::bigint[], $6::bigint[]) AS a (epoch, variant, metric, n, y)
       ON CONFLICT (subject_id, dimension, value, metric_id, epoch, variant, shard)
       DO UPDATE SET n = excluded.n, y = excluded.y, yy = excluded.yy, events = excluded.events, last_at = excluded.last_at`,
      [
        rollout.id,
        measured.map(({ number }) => number),
        measured.map(({ variant }) => variant),
        measured.map(({ metricId }) => metricId),
        measured.map(({ counts }) => counts.scored),
        measured.map(({ counts, metric }) => counts[metric]),
        last,
      ],
    );
  }

  private async revealPairs(rollout: Rollout, { pairs }: SimulatedTraffic, at: Date): Promise<void> {
    await this.admin.query('DELETE FROM shadow_pairs');
    for (const [index, metric] of METRICS.entries()) {
      const { units, champion, challenger, both } = pairs[metric];
      await this.admin.query(
        `INSERT INTO shadow_pairs (subject_id, metric_id, unit, requests, champion, challenger, last_at)
         SELECT $1, $2, n::text, 1, (n <= $4)::int, (n <= $5 OR (n > $4 AND n <= $4 + $6 - $5))::int, $7
         FROM generate_series(1, $3::int) AS n`,
        [rollout.id, CAST.metricIds[index], units, champion, both, challenger, at],
      );
    }
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
        (ruleset) => served(ruleset)?.share ?? (ruleset.tasks[TASK]!.champion === 'new@1' ? 1 : 0),
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
        readonly rollout: { readonly epoch: number; readonly share: number } | null;
      }
    >
  >;
}

const served = (ruleset: Ruleset) => ruleset.tasks[TASK]!.rollout;

async function furnish(admin: Client): Promise<void> {
  const at = new Date(DAWN);
  await admin.query(
    `INSERT INTO environments VALUES ('production', 'Production', $1) ON CONFLICT DO NOTHING`,
    [at],
  );
  await admin.query(
    `INSERT INTO models (id, key, version, provider, name, parameters, created_by, created_at)
     SELECT id, key, 1, 'test', key, '{}', 'Ada', $2 FROM unnest($1::uuid[], '{old,new,third}'::text[]) AS m (id, key)`,
    [[CAST.championId, CAST.challengerId, THIRD], at],
  );
  await admin.query(
    `INSERT INTO tasks (key, name, unit_type, hash_scheme, position_salt, created_by, created_at)
     VALUES ($1, $1, 'user', 'native-v1', 'task:' || $1 || ':position', 'Ada', $2)`,
    [TASK, at],
  );
  await admin.query(
    `INSERT INTO task_environments (task, environment, champion_id, updated_at) VALUES ($1, 'production', $2, $3)`,
    [TASK, CAST.championId, at],
  );
  await admin.query(
    `INSERT INTO metrics (id, key, version, name, kind, source, aggregate, direction, transform, missing, created_by, created_at)
     SELECT id, key, 1, key, 'proportion', key, 'max', direction, 'none', 'exclude', 'Ada', $2
     FROM unnest($1::uuid[], '{quality,errors}'::text[], '{increase,decrease}'::text[]) AS m (id, key, direction)`,
    [CAST.metricIds, at],
  );
  await admin.query(
    `INSERT INTO webhooks (id, key, name, environment, url, format, events, secret, enabled, created_by, created_at)
     VALUES ($1, 'all', 'All', NULL, 'http://127.0.0.1:9', 'json', '{}', 'none', true, 'Ada', $2)`,
    [THIRD, at],
  );
}
