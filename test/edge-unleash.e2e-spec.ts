import { AssignmentTokens } from '@app/assignment';
import type { UnleashToggle } from '@app/wire';
import { aRuleset, EdgeWorld, until } from './support/edge-world.js';

/** What Unleash's SDKs do, without them: `npm run conformance` has the real ones. */
describe('Unleash: what needs no payload', () => {
  let world: EdgeWorld;

  const toggles = async (answer: Response) => ((await answer.json()) as { toggles: UnleashToggle[] }).toggles;
  const asked = (query: string, headers: Record<string, string> = {}) =>
    fetch(`${world.url}/api/frontend${query}`, { headers: { authorization: world.key, ...headers } });
  const armOf = async (unit: string) => {
    const answer = await world.send('/api/v1/assignments', { unit, tasks: ['reply'], expose: false });
    return ((await answer.json()) as { assignments: Array<{ variant: string; model: { key: string } }> })
      .assignments[0]!;
  };
  const metric = async (name: string, labels: string): Promise<number> => {
    const text = await (await fetch(`${world.url}/metrics`)).text();
    return Number(new RegExp(`^${name}\\{${labels}\\} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
  };
  const outcomes = async (unit: string) =>
    (
      await world.pool.query(
        `SELECT metric, value FROM events WHERE unit = $1 AND type = 'outcome' ORDER BY metric`,
        [unit],
      )
    ).rows as unknown[];

  beforeAll(async () => {
    world = await EdgeWorld.create((version) => {
      const ruleset = aRuleset(version);
      const task = (key: string, unitType: string) => ({
        ...ruleset.tasks.reply!,
        key,
        unitType,
        positionSalt: `task:${key}:position`,
        experiments: [],
      });
      const tasks = {
        ...ruleset.tasks,
        summary: task('summary', 'conversation'),
        routing: task('routing', 'application'),
        unready: { ...task('unready', 'user'), champion: null },
      };
      return { ...ruleset, tasks };
    });
  });

  afterAll(() => world.destroy());

  it('gives a context its toggles, with the arm and the model that every other route gives', async () => {
    const { variant, model } = await armOf('user-42');
    const got = await toggles(await asked('?userId=user-42&appName=chat&properties[plan]=pro'));
    const posted = await world.send('/api/frontend', {
      context: { userId: 'user-42', properties: { plan: 'pro' } },
    });
    const reply = got.find(({ name }) => name === 'reply')!;
    expect(reply).toMatchObject({
      enabled: true,
      impressionData: true,
      variant: { name: variant, enabled: true, feature_enabled: true, payload: { type: 'json' } },
    });
    const payload = JSON.parse(reply.variant.payload.value) as Record<string, string>;
    expect(payload).toMatchObject({ variant, model, source: 'experiment', experiment: 'tone' });
    expect(payload.assignmentId).toMatch(/^a\d\./);
    const again = (await toggles(posted)).find(({ name }) => name === 'reply')!;
    expect(again.variant.name).toBe(variant);
    expect(got.map(({ name }) => name)).not.toContain('unready');
    expect(got.find(({ name }) => name === 'summary')!.variant.name).toBe('champion');
    expect(await world.stored('user-42')).toEqual([]);
  });

  it('takes the unit from the field of its type, and never from another one', async () => {
    const anonymous = await toggles(await asked('?sessionId=user-42'));
    expect(anonymous.find(({ name }) => name === 'reply')!.variant.name).toBe('champion');
  });

  it.each<[string, unknown, string]>([
    ['U+0000', 'a\u0000b', 'champion'],
    ['half of a surrogate pair', 'half \ud800', 'champion'],
    ['257 characters', 'x'.repeat(257), 'champion'],
    ['nothing', '', 'champion'],
    ['no id', null, 'champion'],
    ['256 characters', 'x'.repeat(256), 'an arm'],
    ['256 characters of two units each', '\u{1F600}'.repeat(256), 'an arm'],
    ['a number', 42, 'an arm'],
  ])('takes an id of %s over POST as over GET: %s', async (_what, userId, expected) => {
    const armIn = async (answer: Response) => {
      expect(answer.status).toBe(200);
      return (await toggles(answer)).find(({ name }) => name === 'reply')!.variant.name;
    };
    const posted = await armIn(await world.send('/api/frontend', { context: { userId, sessionId: userId } }));
    const query = new URLSearchParams({ userId: String(userId ?? '') });
    // An address cannot say half of a pair: whoever writes one puts U+FFFD there.
    if (!String(query).includes('%EF%BF%BD')) expect(posted).toBe(await armIn(await asked(`?${query}`)));
    if (expected === 'champion') expect(posted).toBe('champion');
    else expect(posted).toBe((await armOf(String(userId))).variant);
  });

  it('takes an id that cannot be stored for none, and an outcome of one for wrong by itself', async () => {
    const got = await toggles(await asked('?userId=a%00b'));
    expect(got.find(({ name }) => name === 'reply')!.variant.name).toBe('champion');
    const at = new Date();
    const { rows } = await world.pool.query(
      `SELECT value FROM secrets WHERE purpose = 'assignment-token' AND environment = 'production'`,
    );
    const tokens = new AssignmentTokens('production', (rows[0] as { value: string }).value);
    const assignmentId = tokens.issue({
      environment: 'production',
      task: 'reply',
      unitType: 'user',
      unit: 'a\u0000b',
      model: 'old@1',
      issuedAt: at,
      subject: null,
    });
    const outcome = { type: 'outcome', at: at.toISOString(), metric: 'quality', value: 1 };
    const answer = await world.send('/api/v1/events', {
      events: [
        { ...outcome, id: 'e-1', unit: 'beside-it', task: 'reply' },
        { ...outcome, id: 'e-2', assignmentId },
      ],
    });
    expect([answer.status, await answer.json()]).toEqual([
      200,
      expect.objectContaining({
        accepted: 1,
        rejected: [expect.objectContaining({ index: 1, code: 'ASSIGNMENT_TOKEN_INVALID' })],
      }),
    ]);
    expect(await outcomes('beside-it')).toEqual([{ metric: 'quality', value: 1 }]);
  });

  it('answers 304 for the same rules and context alone', async () => {
    const first = await asked('?userId=u1');
    const held = { 'if-none-match': first.headers.get('etag')! };
    const again = await asked('?userId=u1', held);
    expect([again.status, await again.text()]).toEqual([304, '']);
    expect((await asked('?userId=u2', held)).status).toBe(200);
    expect((await asked('?userId=u1&properties[plan]=pro', held)).status).toBe(200);
  });

  it('takes the key as Unleash sends it, and no other', async () => {
    expect((await asked('?userId=u1')).status).toBe(200);
    expect((await fetch(`${world.url}/api/frontend?userId=u1`)).status).toBe(401);
    expect((await asked('?userId=u1', { authorization: 'ck_made_up' })).status).toBe(401);
  });

  it('ends the streams of a key that is revoked, whichever protocol they speak', async () => {
    const key = await world.createKey();
    const keyId = key.slice(-48, -40);
    const headers = { authorization: key };
    // A new key is looked for in the database, an id alone is not.
    expect((await fetch(`${world.url}/api/client/features`, { headers })).status).toBe(200);
    const answers = await Promise.all([
      fetch(`${world.url}/api/client/streaming`, { headers }),
      fetch(`${world.url}/api/v1/ruleset/stream`, { headers }),
      fetch(`${world.url}/sub/${keyId}`),
      fetch(`${world.url}/sub/${keyId}`, { headers }),
      fetch(`${world.url}/sub/${key}`),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    await world.pool.query('UPDATE api_keys SET revoked_at = now() WHERE key_id = $1', [keyId]);
    const ends = await Promise.allSettled(answers.map((answer) => answer.text()));
    expect(ends.map(({ status }) => status)).toEqual(answers.map(() => 'rejected'));
  });

  it('refuses a key more streams than it may have, on all routes together', async () => {
    await world.edge.close();
    await world.start({ CONTENDER_EDGE_STREAMS_PER_KEY: 2 });
    const headers = { authorization: world.key };
    const open = (path: string) => fetch(`${world.url}${path}`, { headers });
    const first = await open('/api/client/streaming');
    const second = await open(`/sub/${world.key.slice(-48, -40)}`);
    expect([first.status, second.status]).toEqual([200, 200]);
    const third = await open('/api/v1/ruleset/stream');
    expect([third.status, third.headers.get('retry-after')]).toEqual([429, '30']);
    expect(await third.json()).toMatchObject({ code: 'STREAMS_EXHAUSTED' });
    await Promise.all([first.body!.cancel(), second.body!.cancel()]);
    const again = await until(
      () => open('/api/v1/ruleset/stream'),
      ({ status }) => status === 200,
    );
    await again.body!.cancel();
    await world.edge.close();
    await world.start();
  });

  it('takes registrations and counts, and keeps the counts by task, arm and hour', async () => {
    const registered = await world.send('/api/client/register', {
      appName: 'chat',
      instanceId: 'pod-1',
      sdkVersion: 'unleash-client-node:6.12.1',
      strategies: ['default'],
      started: new Date().toISOString(),
      interval: 15_000,
    });
    expect([registered.status, await registered.text()]).toEqual([202, '']);
    const bucket = {
      start: '2026-01-05T10:00:00.000Z',
      stop: '2026-01-05T10:01:00.000Z',
      toggles: {
        reply: { yes: 5, no: 1, variants: { a: 3, b: 1, strange: 1, disabled: 1 } },
        nothing: { yes: 9, no: 0, variants: {} },
      },
    };
    for (const path of ['/api/client/metrics', '/api/frontend/client/metrics']) {
      expect((await world.send(path, { appName: 'chat', bucket })).status).toBe(202);
    }
    const bulk = {
      applications: [{ appName: 'proxy' }],
      metrics: [{ featureName: 'reply', appName: 'proxy', yes: 2, no: 0, variants: { a: 2 } }],
    };
    expect((await world.send('/api/client/metrics/bulk', bulk)).status).toBe(202);
    expect(
      await metric(
        'contender_edge_sdk_evaluations_total',
        'environment="production",task="reply",variant="a"',
      ),
    ).toBe(8);
    await world.edge.close();
    await world.start();
    const { rows } = await world.pool.query(
      'SELECT task, variant, sum(yes)::int AS yes, sum(no)::int AS no FROM evaluation_counts GROUP BY 1, 2 ORDER BY 2',
    );
    expect(rows).toEqual([
      { task: 'reply', variant: '', yes: 12, no: 2 },
      { task: 'reply', variant: 'a', yes: 8, no: 0 },
      { task: 'reply', variant: 'b', yes: 2, no: 0 },
      { task: 'reply', variant: 'disabled', yes: 2, no: 0 },
      { task: 'reply', variant: 'other', yes: 2, no: 0 },
    ]);
  });

  it('makes outcomes of impact metrics that say whom they are about, once, and drops the others', async () => {
    const send = () =>
      world.send('/api/client/metrics', {
        appName: 'chat',
        connectionId: 'c-1',
        bucket: { start: 1, stop: 2, toggles: {} },
        impactMetrics: [
          {
            name: 'purchases',
            help: 'Purchases',
            type: 'counter',
            samples: [
              { labels: { unit: 'buyer-1', task: 'reply' }, value: 2 },
              { labels: { appName: 'chat', environment: 'production', routing: 'champion' }, value: 7 },
              { labels: { appName: 'chat', reply: 'a' }, value: 3 },
              { labels: {}, value: 0 },
            ],
          },
          {
            name: 'latency',
            help: 'Latency',
            type: 'histogram',
            samples: [
              { labels: { unit: 'buyer-1' }, sum: 12.5, count: 4, buckets: [{ le: '+Inf', count: 4 }] },
              { labels: {}, sum: 0, count: 0, buckets: [{ le: '+Inf', count: 0 }] },
            ],
          },
        ],
      });
    expect([(await send()).status, (await send()).status]).toEqual([202, 202]);
    expect(await outcomes('buyer-1')).toEqual([
      { metric: 'latency_count', value: 4 },
      { metric: 'latency_sum', value: 12.5 },
      { metric: 'purchases', value: 2 },
    ]);
    expect(await outcomes('chat')).toEqual([{ metric: 'purchases', value: 7 }]);
    expect(
      await metric('contender_edge_impact_samples_total', 'environment="production",result="unmapped"'),
    ).toBe(2);
  });

  it.each<[string, string, unknown, string]>([
    ['a registration without a name', '/api/client/register', {}, 'appName is missing'],
    ['counts below zero', '/api/client/metrics', bucketOf({ reply: { yes: -1 } }), 'must be >= 0'],
    ['counts without a bucket', '/api/frontend/client/metrics', { appName: 'a' }, 'bucket is missing'],
    [
      'bulk counts without a toggle',
      '/api/client/metrics/bulk',
      { applications: [], metrics: [{ appName: 'a' }] },
      'featureName is missing',
    ],
    ['a context that is none', '/api/frontend', { context: 'me' }, 'context must be object'],
  ])('refuses %s', async (_what, path, body, words) => {
    const answer = await world.send(path, body);
    expect([answer.status, await answer.json()]).toEqual([
      400,
      expect.objectContaining({ code: 'VALIDATION_FAILED', detail: expect.stringContaining(words) }),
    ]);
  });

  it('refuses another method, naming those it takes', async () => {
    const answer = await fetch(`${world.url}/api/frontend`, {
      method: 'PUT',
      headers: { authorization: world.key },
    });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, POST']);
  });

  it('lets named pages call from a browser, and only them', async () => {
    await world.edge.close();
    await world.start({ CONTENDER_EDGE_CORS_ORIGINS: 'https://app.example.com' });
    const from = async (origin: string) =>
      (await asked('?userId=u1', { origin })).headers.get('access-control-allow-origin');
    await until(
      () => from('https://app.example.com'),
      (allowed) => allowed === 'https://app.example.com',
    );
    expect(await from('https://evil.example.com')).toBeNull();
  });
});

function bucketOf(toggles: unknown) {
  return { appName: 'a', bucket: { start: 1, stop: 2, toggles } };
}
