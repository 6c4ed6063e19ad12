import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { RULESET_FORMAT, type Ruleset, type RulesetRollout } from '@app/bucketing';
import { formatApiKey, hashSecret, newApiKeyText, seedEnvironments } from '@app/governance';
import { SystemClock } from '@app/kernel';
import { createTestDatabase, type TestDatabase } from '@app/testing';
import { Pool } from 'pg';
import { EdgeConfig } from '../../apps/edge/src/config.js';
import { createEdge, type Edge } from '../../apps/edge/src/create-edge.js';
import { CuttableProxy } from './cuttable-proxy.js';

type Body = NonNullable<Parameters<typeof fetch>[1]>['body'];

/** Id of the experiment `tone` of `aRuleset`. */
export const EXPERIMENT = '0190a0c0-0000-7000-8000-000000000001';
const model = (key: string) => ({ key, version: 1, provider: 'openai', name: key, parameters: {} });

/** One task `reply`; an experiment on all its traffic, unless a rollout is given instead. */
export function aRuleset(
  version: number,
  given: { rollout?: RulesetRollout; champion?: string } = {},
): Ruleset {
  const variants = [
    { key: 'a', model: 'old@1', weight: 1, control: true },
    { key: 'b', model: 'new@1', weight: 1, control: false },
  ];
  return {
    format: RULESET_FORMAT,
    environment: 'production',
    version,
    publishedAt: '2026-01-01T00:00:00.000Z',
    models: { 'old@1': model('old'), 'new@1': model('new') },
    tasks: {
      reply: {
        key: 'reply',
        unitType: 'user',
        hashScheme: 'native-v1',
        positionSalt: 'task:reply:position',
        enabled: true,
        champion: given.champion ?? 'old@1',
        fallbacks: [],
        holdout: null,
        rollout: given.rollout ?? null,
        experiments: given.rollout
          ? []
          : [
              {
                id: EXPERIMENT,
                key: 'tone',
                epoch: 1,
                salt: 'experiment:tone:variant',
                assignment: 'platform',
                paused: false,
                ranges: [[0, 2 ** 32]],
                audience: null,
                overrides: {},
                variants,
              },
            ],
      },
    },
    subjects: {
      'experiment:tone': {
        id: EXPERIMENT,
        kind: 'experiment',
        key: 'tone',
        task: 'reply',
        variants: ['a', 'b'],
        assignment: 'platform',
      },
    },
  };
}

export async function until<T>(read: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    const value = await read();
    if (holds(value)) return value;
    if (attempt > 400) throw new Error(`it never came to pass: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** An edge on a database of its own, with a proxy between them that can be cut, and a key to call it with. */
export class EdgeWorld {
  readonly dataDir = mkdtempSync(path.join(tmpdir(), 'contender-edge-e2e-'));
  database!: TestDatabase;
  pool!: Pool;
  proxy!: CuttableProxy;
  key!: string;
  edge!: Edge;
  url!: string;
  version = 0;

  static async create(
    first: (version: number) => Ruleset = (version) => aRuleset(version),
  ): Promise<EdgeWorld> {
    const world = new EdgeWorld();
    world.database = await createTestDatabase();
    world.pool = new Pool({ connectionString: world.database.url, max: 2 });
    // Dropping the database may outrun the end of a connection.
    world.pool.on('error', () => undefined);
    const rows = async (sql: string, values?: unknown[]) => (await world.pool.query(sql, values)).rows;
    await seedEnvironments({ query: rows }, new SystemClock());
    world.key = await world.createKey();
    await world.publish(first);
    world.proxy = await CuttableProxy.before(world.database.url);
    await world.start();
    return world;
  }

  async start(more: Partial<EdgeConfig> = {}): Promise<void> {
    const config = Object.assign(new EdgeConfig(), {
      DATABASE_URL: this.proxy.url,
      CONTENDER_EDGE_PORT: 0,
      CONTENDER_DATA_DIR: this.dataDir,
      CONTENDER_CONTROL_PUBLIC_URL: 'http://127.0.0.1:8080',
      ...more,
    });
    this.edge = await createEdge(config);
    this.url = `http://127.0.0.1:${await this.edge.listen()}`;
  }

  async destroy(): Promise<void> {
    await this.edge.close();
    await this.proxy.close();
    await this.pool.end();
    await this.database.drop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  async publish(ruleset: (next: number) => Ruleset): Promise<number> {
    this.version += 1;
    await this.pool.query(
      `INSERT INTO rulesets (environment, version, format, digest, body, cause, published_at)
       VALUES ('production', $1, 1, 'of a test', $2, 'a test', now())`,
      [this.version, JSON.stringify(ruleset(this.version))],
    );
    await this.pool.query(`NOTIFY contender_ruleset, 'production'`);
    return this.version;
  }

  async createKey(): Promise<string> {
    const text = newApiKeyText('production', 'service');
    await this.pool.query(
      `INSERT INTO api_keys (id, key_id, name, environment, role, salt, hash, created_by, created_at)
       VALUES (gen_random_uuid(), $1, 'a test', 'production', 'service', 'salt', $2, 'a test', now())`,
      [text.keyId, hashSecret('salt', text.secret)],
    );
    return formatApiKey(text);
  }

  /** POST; an object is sent as JSON, anything else as it is. */
  send(address: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${this.url}${address}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.key}`, 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' || body instanceof Uint8Array ? (body as Body) : JSON.stringify(body),
    });
  }

  /** What is stored of a unit's events. */
  async stored(unit: string): Promise<Array<{ type: string; variant: string | null }>> {
    return (await this.pool.query('SELECT type, variant FROM events WHERE unit = $1 ORDER BY type', [unit]))
      .rows;
  }
}
