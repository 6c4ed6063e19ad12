import { gzipSync } from 'node:zlib';
import { type RulesetRollout } from '@app/bucketing';
import { formatApiKey, newApiKeyText } from '@app/governance';
import type { AssignmentsResponse, EventsResponse, WireProblem } from '@app/wire';
import { aRuleset, EdgeWorld, EXPERIMENT, until } from './support/edge-world.js';

describe('the data plane', () => {
  let world: EdgeWorld;

  const send: EdgeWorld['send'] = (...sent) => world.send(...sent);
  const stored = (unit: string) => world.stored(unit);
  const publish: EdgeWorld['publish'] = (ruleset) => world.publish(ruleset);
  const ask = async (unit: string, more: object = {}): Promise<AssignmentsResponse> => {
    const answer = await send('/api/v1/assignments', { unit, tasks: ['reply'], ...more });
    expect(answer.status).toBe(200);
    return (await answer.json()) as AssignmentsResponse;
  };
  const sendEvents = async (events: unknown[]): Promise<EventsResponse> =>
    (await (await send('/api/v1/events', { events })).json()) as EventsResponse;
  const problem = async (answer: Response): Promise<WireProblem> => (await answer.json()) as WireProblem;
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
    world = await EdgeWorld.create();
  });

  afterAll(() => world.destroy());

  it('says which model serves and records the exposure', async () => {
    const { assignments, rulesetVersion } = await ask('first', { attributes: { plan: 'pro' } });
    expect(rulesetVersion).toBe(world.version);
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
    const { rows } = await world.pool.query(
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
    const { rows } = await world.pool.query(
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
    ['no key', () => fetch(`${world.url}/api/v1/assignments`, { method: 'POST' }), 401, 'API_KEY_MISSING'],
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
    ['another method', () => fetch(`${world.url}/api/v1/events`), 405, 'METHOD_NOT_ALLOWED'],
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
      fetch(`${world.url}/api/v1/assignments`, {
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
      fetch(`${world.url}/api/v1/ruleset`, {
        headers: { authorization: `Bearer ${world.key}`, ...(etag ? { 'if-none-match': etag } : {}) },
      });
    const first = await read();
    const etag = first.headers.get('etag')!;
    expect(await first.json()).toMatchObject({ environment: 'production', version: world.version });
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
    const another = await world.createKey();
    // No waiting: a key that is not known yet is looked for.
    expect(await status(another)).toBe(200);
    await world.pool.query('UPDATE api_keys SET revoked_at = now() WHERE key_id = $1', [
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
    expect(await (await fetch(`${world.url}/health/live`)).json()).toEqual({ status: 'live' });
    expect(await (await fetch(`${world.url}/health/ready`)).json()).toMatchObject({
      status: 'ready',
      rulesets: { production: world.version },
      stale: false,
    });
    const figures = await (await fetch(`${world.url}/metrics`)).text();
    expect(figures).toContain(`contender_edge_ruleset_version{environment="production"} ${world.version}`);
    expect(figures).toContain('contender_edge_decisions_total{environment="production",reason="SPLIT"}');
  });

  it('stores the exposures it still has when it is stopped', async () => {
    await ask('last-minute');
    await world.edge.close();
    expect(await stored('last-minute')).toHaveLength(1);
    await world.start();
  });

  it('answers what it was asked before it was told to stop', async () => {
    const asked = Array.from({ length: 20 }, (_, n) => sendEvents([outcome(`stopping-${n}`, 'stopping')]));
    await until(
      () => stored('stopping'),
      (rows) => rows.length > 0,
    );
    await world.edge.close();
    // One whose connection came too late is refused; one that was let in is answered, and what is answered is stored.
    const answers = (await Promise.allSettled(asked)).filter((one) => one.status === 'fulfilled');
    expect(answers.length).toBeGreaterThan(0);
    expect(answers.every(({ value }) => value.accepted === 1)).toBe(true);
    expect((await stored('stopping')).length).toBeGreaterThanOrEqual(answers.length);
    await world.start();
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

    it('goes on answering and acknowledges events from its disk, which count once when it is back', async () => {
      const before = await ask('steadfast');
      world.proxy.cut();
      expect((await ask('steadfast')).assignments[0]!.variant).toBe(before.assignments[0]!.variant);
      await ask('met-in-the-dark');
      const batch = [outcome('dark-1', 'dark'), outcome('dark-2', 'dark', { at: 'x' })];
      for (let time = 0; time < 2; time += 1) {
        expect(await sendEvents(batch)).toEqual({
          accepted: 0,
          duplicates: 0,
          rejected: [expect.objectContaining({ index: 1, code: 'EVENT_AT_INVALID' })],
          spooled: 1,
        });
      }
      const thumb = { task: 'reply', unit: 'dark', thumb: 'up', id: 'dark-3' };
      expect(await (await send('/api/v1/feedback', thumb)).json()).toEqual({
        id: 'dark-3',
        duplicate: false,
        spooled: true,
      });
      expect((await fetch(`${world.url}/health/ready`)).status).toBe(200);

      world.proxy.mend();
      await until(
        () => stored('met-in-the-dark'),
        (rows) => rows.length === 1,
      );
      await until(
        () => stored('dark'),
        (rows) => rows.length === 2,
      );
      // The same event each time: it may be spooled at the first.
      const light = [outcome('light-1', 'dark')];
      await until(
        () => sendEvents(light),
        ({ accepted, duplicates }) => accepted + duplicates === 1,
      );
      expect(await sendEvents([batch[0]!])).toMatchObject({ accepted: 0, duplicates: 1 });
    });

    it('drains after a restart what it acknowledged before, and sets aside what clashes by then', async () => {
      world.proxy.cut();
      expect(await sendEvents([outcome('over-1', 'over'), outcome('over-2', 'over')])).toMatchObject({
        spooled: 2,
      });
      await world.edge.close();
      const at = new Date();
      await world.pool.query(
        `INSERT INTO event_keys (environment, id, digest, at) VALUES ('production', 'over-2', '\\x00', $1)`,
        [at],
      );
      world.proxy.mend();
      await world.start();
      await until(
        () => stored('over'),
        (rows) => rows.length === 1,
      );
      const { rows } = await until(
        () => world.pool.query(`SELECT id, reason, event->>'metric' AS metric FROM refused_events`),
        (result) => result.rows.length > 0,
      );
      expect(rows).toEqual([{ id: 'over-2', reason: 'EVENT_ID_REUSED', metric: 'quality' }]);
    });

    it('refuses events clearly when its disk may hold no more of them', async () => {
      await world.edge.close();
      world.proxy.cut();
      await world.start({ CONTENDER_SPOOL_MAX_BYTES: 1000 });
      expect(await sendEvents([outcome('much-1', 'much')])).toMatchObject({ spooled: 1 });
      const refused = await send('/api/v1/events', { events: [outcome('much-2', 'x'.repeat(256))] });
      const again = await send('/api/v1/events', {
        events: Array.from({ length: 10 }, (_, n) => outcome(`more-${n}`, 'much')),
      });
      expect([refused.status, again.status, again.headers.get('retry-after')]).toEqual([200, 503, '1']);
      expect((await problem(again)).code).toBe('SPOOL_FULL');
      world.proxy.mend();
      await until(
        () => stored('much'),
        (rows) => rows.length === 1,
      );
      await world.edge.close();
      await world.start();
      expect(await stored('much')).toHaveLength(1);
    });

    it('serves from its disk after a restart, and gives rollout units the champion once it is stale', async () => {
      const next = await publish((number) => aRuleset(number, { rollout }));
      await until(
        () => ask('rolled', { expose: false }),
        ({ rulesetVersion }) => rulesetVersion === next,
      );
      world.proxy.cut();
      await world.edge.close();
      await world.start();
      const served = await ask('rolled', { expose: false });
      expect(served.assignments[0]).toMatchObject({
        reason: 'ROLLOUT',
        variant: 'challenger',
        model: { key: 'new' },
      });
      await world.edge.close();

      await world.start({ CONTENDER_MAX_STALENESS_SECONDS: 0 });
      const { assignments, rulesetVersion } = await ask('rolled', { expose: false });
      expect(rulesetVersion).toBe(next);
      expect(assignments[0]).toMatchObject({ reason: 'STALE', variant: 'challenger', model: { key: 'old' } });
      await world.edge.close();
      world.proxy.mend();
      await world.start();
      expect((await ask('rolled', { expose: false })).assignments[0]!.reason).toBe('ROLLOUT');
    });
  });

  it('lives in virtual time where time is virtual', async () => {
    await world.edge.close();
    await world.pool.query(`INSERT INTO virtual_clock (now) VALUES ('2020-05-01T00:00:00Z')`);
    await publish((number) => aRuleset(number));
    await world.start({ CONTENDER_CLOCK: 'virtual' });
    await ask('in-may');
    const { rows } = await until(
      () => world.pool.query(`SELECT at, received_at FROM events WHERE unit = 'in-may'`),
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
    await world.pool.query(`UPDATE virtual_clock SET now = '2020-06-02T00:00:00Z'`);
    expect(await sendEvents([later])).toMatchObject({ accepted: 1 });
  });
});
