import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { RULESET_FORMAT, type Ruleset, type RulesetRollout } from '@app/bucketing';
import { formatApiKey, hashSecret, newApiKeyText, seedEnvironments } from '@app/governance';
import { SystemClock } from '@app/kernel';
import { createTestDatabase, type TestDatabase } from '@app/testing';
import type { AssignmentsResponse, EventsResponse, WireProblem } from '@app/wire';
import { Pool } from 'pg';
import { EdgeConfig } from '../apps/edge/src/config.js';
import { createEdge, type Edge } from '../apps/edge/src/create-edge.js';
import { CuttableProxy } from './support/cuttable-proxy.js';

type Body = NonNullable<Parameters<typeof fetch>[1]>['body'];

const EXPERIMENT = '0190a0c0-0000-7000-8000-000000000001';
const model = (key: string) => ({ key, version: 1, provider: 'openai', name: key, parameters: {} });

/** One task `reply`; an experiment on all its traffic, unless a rollout is given instead. */
function aRuleset(version: number, given: { rollout?: RulesetRollout; champion?: string } = {}): Ruleset {
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

async function until<T>(read: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    const value = await read();
    if (holds(value)) return value;
    if (attempt > 400) throw new Error(`it never came to pass: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

describe('the data plane', () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'contender-edge-e2e-'));
  let database: TestDatabase;
  let pool: Pool;
  let proxy: CuttableProxy;
  let key: string;
  let edge: Edge;
  let url: string;
  let version = 0;

  const start = async (more: Partial<EdgeConfig> = {}): Promise<void> => {
    const config = Object.assign(new EdgeConfig(), {
      DATABASE_URL: proxy.url,
      CONTENDER_EDGE_PORT: 0,
      CONTENDER_DATA_DIR: dataDir,
      CONTENDER_CONTROL_PUBLIC_URL: 'http://127.0.0.1:8080',
      ...more,
    });
    edge = await createEdge(config);
    url = `http://127.0.0.1:${await edge.listen()}`;
  };
  const publish = async (ruleset: (next: number) => Ruleset): Promise<number> => {
    version += 1;
    await pool.query(
      `INSERT INTO rulesets (environment, version, format, digest, body, cause, published_at)
       VALUES ('production', $1, 1, 'of a test', $2, 'a test', now())`,
      [version, JSON.stringify(ruleset(version))],
    );
    await pool.query(`NOTIFY contender_ruleset, 'production'`);
    return version;
  };
  const createKey = async (): Promise<string> => {
    const text = newApiKeyText('production', 'service');
    await pool.query(
      `INSERT INTO api_keys (id, key_id, name, environment, role, salt, hash, created_by, created_at)
       VALUES (gen_random_uuid(), $1, 'a test', 'production', 'service', 'salt', $2, 'a test', now())`,
      [text.keyId, hashSecret('salt', text.secret)],
    );
    return formatApiKey(text);
  };
  const send = (address: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${url}${address}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' || body instanceof Uint8Array ? (body as Body) : JSON.stringify(body),
    });
  const ask = async (unit: string, more: object = {}): Promise<AssignmentsResponse> => {
    const answer = await send('/api/v1/assignments', { unit, tasks: ['reply'], ...more });
    expect(answer.status).toBe(200);
    return (await answer.json()) as AssignmentsResponse;
  };
  const sendEvents = async (events: unknown[]): Promise<EventsResponse> =>
    (await (await send('/api/v1/events', { events })).json()) as EventsResponse;
  const problem = async (answer: Response): Promise<WireProblem> => (await answer.json()) as WireProblem;
  const stored = async (unit: string): Promise<Array<{ type: string; variant: string | null }>> =>
    (await pool.query('SELECT type, variant FROM events WHERE unit = $1 ORDER BY type', [unit])).rows;
  const outcome = (id: string, unit: string, more: object = {}) => ({
    id,
    type: 'outcome',
    task: 'reply',
    unit,
    at: new Date().toISOString(),
    metric: 'quality',
    value: 0.5,
    ...more,
  });

  beforeAll(async () => {
    database = await createTestDatabase();
    pool = new Pool({ connectionString: database.url, max: 2 });
    // Dropping the database may outrun the end of a connection.
    pool.on('error', () => undefined);
    const rows = async (sql: string, values?: unknown[]) => (await pool.query(sql, values)).rows;
    await seedEnvironments({ query: rows }, new SystemClock());
    key = await createKey();
    await publish((next) => aRuleset(next));
    proxy = await CuttableProxy.before(database.url);
    await start();
  });

  afterAll(async () => {
    await edge.close();
    await proxy.close();
    await pool.end();
    await database.drop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('says which model serves and records the exposure', async () => {
    const { assignments, rulesetVersion } = await ask('first', { attributes: { plan: 'pro' } });
    expect(rulesetVersion).toBe(version);
    expect(assignments).toEqual([
      expect.objectContaining({ task: 'reply', experiment: 'tone', reason: 'SPLIT', propensity: 0.5 }),
    ]);
    const [exposure] = await until(
      () => stored('first'),
      (rows) => rows.length > 0,
    );
    expect(exposure).toEqual({ type: 'exposure', variant: assignments[0]!.variant });
    await ask('first');
    expect((await ask('first')).assignments[0]!.variant).toBe(assignments[0]!.variant);
    const { rows } = await pool.query(
      `SELECT attributes, subject_id, epoch FROM events WHERE unit = 'first'`,
    );
    expect(rows).toEqual([{ attributes: { plan: 'pro' }, subject_id: EXPERIMENT, epoch: 1 }]);
  });

  it('does not expose what was asked without using it, until an outcome proves it', async () => {
    const { assignments } = await ask('quiet', { expose: false });
    const { assignmentId, variant } = assignments[0]!;
    const proof = {
      id: 'quiet-1',
      type: 'outcome',
      at: new Date().toISOString(),
      metric: 'quality',
      assignmentId,
    };
    expect(await stored('quiet')).toEqual([]);
    expect(await sendEvents([proof])).toEqual({ accepted: 1, duplicates: 0, rejected: [] });
    expect(await stored('quiet')).toEqual([
      { type: 'exposure', variant },
      { type: 'outcome', variant },
    ]);
  });

  it('counts a batch once although it is sent three times, packed or as lines', async () => {
    const events = [
      outcome('thrice-1', 'thrice'),
      outcome('thrice-2', 'thrice'),
      outcome('thrice-3', 'thrice', { at: 'x' }),
    ];
    const lines = events.map((event) => JSON.stringify(event)).join('\n');
    const answers = [
      await send('/api/v1/events', { events }),
      await send('/api/v1/events', lines, { 'content-type': 'application/x-ndjson' }),
      await send('/api/v1/events', gzipSync(lines), {
        'content-type': 'application/x-ndjson',
        'content-encoding': 'gzip',
      }),
    ];
    const bodies = (await Promise.all(answers.map((answer) => answer.json()))) as EventsResponse[];
    expect(bodies.map(({ accepted, duplicates }) => [accepted, duplicates])).toEqual([
      [2, 0],
      [0, 2],
      [0, 2],
    ]);
    expect(bodies[0]!.rejected).toEqual([expect.objectContaining({ index: 2, code: 'EVENT_AT_INVALID' })]);
    expect(await stored('thrice')).toHaveLength(2);
  });

  it('makes outcomes of feedback', async () => {
    const given = { task: 'reply', unit: 'happy', thumb: 'up', comment: 'Great.', id: 'happy-1' };
    expect(await (await send('/api/v1/feedback', given)).json()).toEqual({ id: 'happy-1', duplicate: false });
    await send('/api/v1/feedback', { inferenceId: 'i-1', rating: 4 });
    const { rows } = await pool.query(
      `SELECT unit, inference_id, metric, value, comment FROM events WHERE metric IN ('feedback', 'rating') ORDER BY metric`,
    );
    expect(rows).toEqual([
      { unit: 'happy', inference_id: null, metric: 'feedback', value: 1, comment: 'Great.' },
      { unit: '', inference_id: 'i-1', metric: 'rating', value: 4, comment: null },
    ]);
    for (const [body, words] of [
      [{ ...given, rating: 4 }, 'a thumb or a rating, and not both'],
      [{ thumb: 'up', unit: 'happy' }, 'an inferenceId, an assignmentId, or a task with its unit'],
    ] as const) {
      const unclear = await send('/api/v1/feedback', body);
      expect([unclear.status, ((await unclear.json()) as { detail: string }).detail]).toEqual([
        400,
        `the body needs ${words}`,
      ]);
    }
    const refused = await send('/api/v1/feedback', { ...given, id: 'x', task: 'nope' });
    expect([refused.status, (await problem(refused)).detail]).toEqual([
      422,
      expect.stringContaining('TASK_UNKNOWN'),
    ]);
  });

  it.each<[string, () => Promise<Response>, number, string]>([
    ['no key', () => fetch(`${url}/api/v1/assignments`, { method: 'POST' }), 401, 'API_KEY_MISSING'],
    [
      'a made-up key',
      () => send('/api/v1/assignments', {}, { authorization: 'Bearer ck_x' }),
      401,
      'API_KEY_NOT_VALID',
    ],
    [
      'a key of the control plane',
      () =>
        send(
          '/api/v1/assignments',
          {},
          { authorization: `Bearer ${formatApiKey(newApiKeyText(null, 'admin'))}` },
        ),
      403,
      'ROLE_NOT_ALLOWED',
    ],
    [
      'text',
      () => send('/api/v1/assignments', 'hello', { 'content-type': 'text/plain' }),
      415,
      'MEDIA_TYPE_NOT_SUPPORTED',
    ],
    ['broken JSON', () => send('/api/v1/assignments', '{"unit":'), 400, 'BODY_NOT_JSON'],
    [
      'bytes that are not UTF-8',
      () => send('/api/v1/events', Buffer.from([0x22, 0xff, 0x22])),
      400,
      'BODY_NOT_UTF8',
    ],
    ['an unknown field', () => send('/api/v1/assignments', { users: 1 }), 400, 'VALIDATION_FAILED'],
    ['a unit that is a number', () => send('/api/v1/assignments', { unit: 5 }), 400, 'VALIDATION_FAILED'],
    ['a huge body', () => send('/api/v1/assignments', `"${'x'.repeat(300_000)}"`), 413, 'BODY_TOO_LARGE'],
    [
      'a small body that unpacks to a huge one',
      () => send('/api/v1/events', gzipSync(Buffer.alloc(64 * 1024 * 1024)), { 'content-encoding': 'gzip' }),
      413,
      'BODY_TOO_LARGE',
    ],
    [
      'gzip that is not',
      () => send('/api/v1/events', 'plain', { 'content-encoding': 'gzip' }),
      400,
      'BODY_NOT_GZIP',
    ],
    [
      'an unknown encoding',
      () => send('/api/v1/events', '{}', { 'content-encoding': 'br' }),
      415,
      'ENCODING_NOT_SUPPORTED',
    ],
    ['no list of events', () => send('/api/v1/events', []), 400, 'VALIDATION_FAILED'],
    ['another method', () => fetch(`${url}/api/v1/events`), 405, 'METHOD_NOT_ALLOWED'],
    ['an unknown address', () => send('/api/v1/nothing', {}), 404, 'ROUTE_UNKNOWN'],
  ])('refuses %s', async (_what, call, status, code) => {
    const answer = await call();
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      status,
      expect.stringContaining('application/problem+json'),
    ]);
    const body = await problem(answer);
    expect(body).toMatchObject({ code, status, type: `urn:contender:error:${code}` });
    expect(body.requestId).toBe(answer.headers.get('x-request-id'));
  });

  it('lets the page of the control plane call, and no other', async () => {
    const preflight = (origin: string) =>
      fetch(`${url}/api/v1/assignments`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST' },
      });
    for (const origin of ['http://127.0.0.1:8080', 'http://localhost:8080']) {
      expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBe(origin);
    }
    expect((await preflight('http://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
  });

  it('hands out the ruleset with an ETag that changes only when it does', async () => {
    const read = (etag?: string) =>
      fetch(`${url}/api/v1/ruleset`, {
        headers: { authorization: `Bearer ${key}`, ...(etag ? { 'if-none-match': etag } : {}) },
      });
    const first = await read();
    const etag = first.headers.get('etag')!;
    expect(await first.json()).toMatchObject({ environment: 'production', version });
    expect((await read(etag)).status).toBe(304);
    await publish((next) => aRuleset(next));
    await until(
      () => read(etag),
      (answer) => answer.status === 200,
    );
  });

  it('follows new rules, new keys and revoked keys', async () => {
    const next = await publish((number) => aRuleset(number, { champion: 'new@1' }));
    await until(
      () => ask('follower'),
      ({ rulesetVersion }) => rulesetVersion === next,
    );

    const status = async (bearer: string) =>
      (await send('/api/v1/assignments', { unit: 'u' }, { authorization: `Bearer ${bearer}` })).status;
    const another = await createKey();
    // No waiting: a key that is not known yet is looked for.
    expect(await status(another)).toBe(200);
    await pool.query('UPDATE api_keys SET revoked_at = now() WHERE key_id = $1', [
      another.split('_')[3]!.slice(0, 8),
    ]);
    await until(
      () => status(another),
      (code) => code === 401,
    );
  });

  it('takes events of an experiment that was started a moment ago', async () => {
    await publish((number) => {
      const ruleset = aRuleset(number);
      const subject = { ...ruleset.subjects['experiment:tone']!, key: 'fresh' };
      return { ...ruleset, subjects: { ...ruleset.subjects, 'experiment:fresh': subject } };
    });
    const { task: _task, metric: _metric, value: _value, ...rest } = outcome('fresh-1', 'fresh');
    const exposure = { ...rest, type: 'exposure', experiment: 'fresh', variant: 'b' };
    expect(await sendEvents([exposure])).toEqual({ accepted: 1, duplicates: 0, rejected: [] });
  });

  it('shows its health and its figures', async () => {
    expect(await (await fetch(`${url}/health/live`)).json()).toEqual({ status: 'live' });
    expect(await (await fetch(`${url}/health/ready`)).json()).toMatchObject({
      status: 'ready',
      rulesets: { production: version },
      stale: false,
    });
    const figures = await (await fetch(`${url}/metrics`)).text();
    expect(figures).toContain(`contender_edge_ruleset_version{environment="production"} ${version}`);
    expect(figures).toContain('contender_edge_decisions_total{environment="production",reason="SPLIT"}');
  });

  it('stores the exposures it still has when it is stopped', async () => {
    await ask('last-minute');
    await edge.close();
    expect(await stored('last-minute')).toHaveLength(1);
    await start();
  });

  it('answers what it was asked before it was told to stop', async () => {
    const asked = Array.from({ length: 20 }, (_, n) => sendEvents([outcome(`stopping-${n}`, 'stopping')]));
    await until(
      () => stored('stopping'),
      (rows) => rows.length > 0,
    );
    await edge.close();
    // One whose connection came too late is refused; one that was let in is answered, and what is answered is stored.
    const answers = (await Promise.allSettled(asked)).filter((one) => one.status === 'fulfilled');
    expect(answers.length).toBeGreaterThan(0);
    expect(answers.every(({ value }) => value.accepted === 1)).toBe(true);
    expect((await stored('stopping')).length).toBeGreaterThanOrEqual(answers.length);
    await start();
  });

  describe('with the database away', () => {
    // The edge says in its log that it is away; not here.
    beforeEach(() => jest.spyOn(console, 'error').mockReturnValue());
    afterEach(() => jest.restoreAllMocks());

    const rollout: RulesetRollout = {
      id: '0190a0c0-0000-7000-8000-000000000009',
      key: 'tone-v2',
      epoch: 1,
      salt: 'rollout:tone-v2:position',
      stage: 1,
      share: 1,
      controlShare: 0,
      challenger: 'new@1',
      champion: 'old@1',
      audience: null,
      carried: null,
    };

    it('goes on answering, refuses events clearly, and records the exposures afterwards', async () => {
      const before = await ask('steadfast');
      proxy.cut();
      expect((await ask('steadfast')).assignments[0]!.variant).toBe(before.assignments[0]!.variant);
      await ask('met-in-the-dark');
      const refused = await send('/api/v1/events', { events: [outcome('dark-1', 'dark')] });
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
      expect((await problem(refused)).code).toBe('STORE_UNAVAILABLE');
      expect((await fetch(`${url}/health/ready`)).status).toBe(200);

      proxy.mend();
      await until(
        () => stored('met-in-the-dark'),
        (rows) => rows.length === 1,
      );
      expect(await sendEvents([outcome('dark-1', 'dark')])).toMatchObject({ accepted: 1, duplicates: 0 });
    });

    it('serves from its disk after a restart, and gives rollout units the champion once it is stale', async () => {
      const next = await publish((number) => aRuleset(number, { rollout }));
      await until(
        () => ask('rolled', { expose: false }),
        ({ rulesetVersion }) => rulesetVersion === next,
      );
      proxy.cut();
      await edge.close();
      await start();
      const served = await ask('rolled', { expose: false });
      expect(served.assignments[0]).toMatchObject({
        reason: 'ROLLOUT',
        variant: 'challenger',
        model: { key: 'new' },
      });
      await edge.close();

      await start({ CONTENDER_MAX_STALENESS_SECONDS: 0 });
      const { assignments, rulesetVersion } = await ask('rolled', { expose: false });
      expect(rulesetVersion).toBe(next);
      expect(assignments[0]).toMatchObject({ reason: 'STALE', variant: 'challenger', model: { key: 'old' } });
      await edge.close();
      proxy.mend();
      await start();
      expect((await ask('rolled', { expose: false })).assignments[0]!.reason).toBe('ROLLOUT');
    });
  });

  it('lives in virtual time where time is virtual', async () => {
    await edge.close();
    await pool.query(`INSERT INTO virtual_clock (now) VALUES ('2020-05-01T00:00:00Z')`);
    await publish((number) => aRuleset(number));
    await start({ CONTENDER_CLOCK: 'virtual' });
    await ask('in-may');
    const { rows } = await until(
      () => pool.query(`SELECT at, received_at FROM events WHERE unit = 'in-may'`),
      (result) => result.rows.length === 1,
    );
    expect(rows[0]).toEqual({
      at: new Date('2020-05-01T00:00:00Z'),
      received_at: new Date('2020-05-01T00:00:00Z'),
    });
    const later = { ...outcome('june', 'in-may'), at: '2020-06-01T00:00:00Z' };
    expect((await sendEvents([later])).rejected).toEqual([
      expect.objectContaining({ code: 'EVENT_IN_FUTURE' }),
    ]);
    await pool.query(`UPDATE virtual_clock SET now = '2020-06-02T00:00:00Z'`);
    expect(await sendEvents([later])).toMatchObject({ accepted: 1 });
  });
});
