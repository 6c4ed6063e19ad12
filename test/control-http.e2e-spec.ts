import { type ControlHarness, startControl } from './control-harness.js';

// Setting up a database and an app can take long on a busy machine; nothing here waits for time to pass.
jest.setTimeout(60_000);

describe('the control plane over HTTP', () => {
  let control: ControlHarness;

  beforeAll(async () => {
    control = await startControl();
  });
  afterAll(() => control.close());

  it('says that it is alive and ready, to anyone', async () => {
    await control.call('get', '/health/live', null).expect(200, { status: 'live' });
    await control.call('get', '/health/ready', null).expect(200, { status: 'ready' });
  });

  it('shows its figures to Prometheus by route pattern', async () => {
    await control.call('get', '/api/v1/environments').expect(200);
    const { text } = await control.call('get', '/metrics', null).expect(200);
    expect(text).toMatch(
      /contender_control_request_seconds_count\{method="GET",route="\/api\/v1\/environments"/,
    );
  });

  it('serves the API description and the page people use', async () => {
    const json = await control.call('get', '/docs/json', null).expect(200);
    expect(json.body).toMatchObject({ openapi: expect.stringMatching(/^3\./) });
    const page = await control.call('get', '/docs/', null).expect(200);
    expect(page.text).toContain('swagger-ui');
    expect(page.headers['content-type']).toContain('text/html');
    await control.call('get', '/docs', null).redirects(1).expect(200);
  });

  it('begins with production and staging', async () => {
    const { body } = await control.call('get', '/api/v1/environments').expect(200);
    expect(body.map((environment: { key: string }) => environment.key)).toEqual(['production', 'staging']);
  });

  it('shows a new key once, never in the list, and takes it back at once', async () => {
    const created = await control
      .call('post', '/api/v1/api-keys')
      .send({ name: 'ci', role: 'viewer' })
      .expect(201);
    const key = created.body.key as string;
    expect(key).toMatch(/^ck_all_viewer_[0-9a-f]{48}$/);
    await control.call('get', '/api/v1/environments', key).expect(200);

    const list = await control.call('get', '/api/v1/api-keys').expect(200);
    expect(JSON.stringify(list.body)).not.toContain(key.slice(-40));
    await control.call('post', `/api/v1/api-keys/${created.body.id}/revoke`).expect(200);
    const refused = await control.call('get', '/api/v1/environments', key).expect(401);
    expect(refused.body.code).toBe('API_KEY_REVOKED');
  });

  it('never lets the last admin key go', async () => {
    const { body } = await control.call('get', '/api/v1/api-keys').expect(200);
    const first = body.items.find((key: { name: string }) => key.name === 'first admin');
    const refused = await control.call('post', `/api/v1/api-keys/${first.id}/revoke`).expect(409);
    expect(refused.body.code).toBe('LAST_ADMIN_KEY');
  });

  it('does the same request sent twice once, and answers the same', async () => {
    const send = () =>
      control.call('post', '/api/v1/environments').set('Idempotency-Key', 'abc-1').send({ key: 'canary' });
    const first = await send().expect(201);
    const second = await send().expect(201);
    expect(second.body).toEqual(first.body);
    expect(second.headers['idempotency-replayed']).toBe('true');
    const other = await control
      .call('post', '/api/v1/environments')
      .set('Idempotency-Key', 'abc-1')
      .send({ key: 'another' })
      .expect(422);
    expect(other.body.code).toBe('IDEMPOTENCY_KEY_REUSED');
  });

  it('forgets the key of a request that failed', async () => {
    const send = (key: string) =>
      control.call('post', '/api/v1/environments').set('Idempotency-Key', 'abc-2').send({ key });
    await send('production').expect(409);
    await send('another-one').expect(201);
  });

  it('writes every change into the audit log with the request that did it, page by page', async () => {
    await control
      .call('post', '/api/v1/environments')
      .set('x-request-id', 'trace-7')
      .send({ key: 'traced' })
      .expect(201);
    const { body } = await control
      .call('get', '/api/v1/audit-log?subjectType=environment&subjectKey=traced')
      .expect(200);
    expect(body.items).toHaveLength(1);
    expect(body.items[0]).toMatchObject({
      action: 'environment.create',
      actor: 'first admin',
      requestId: 'trace-7',
    });

    const first = await control.call('get', '/api/v1/audit-log?limit=1').expect(200);
    const second = await control
      .call('get', `/api/v1/audit-log?limit=1&cursor=${first.body.nextCursor}`)
      .expect(200);
    expect(second.body.items[0].id).toBeLessThan(first.body.items[0].id);
  });

  it('runs on real time unless told otherwise', async () => {
    const { body } = await control.call('post', '/api/v1/clock').send({ advanceSeconds: 1 }).expect(409);
    expect(body.code).toBe('CLOCK_NOT_VIRTUAL');
  });
});

describe('virtual time', () => {
  let control: ControlHarness;

  beforeAll(async () => {
    control = await startControl({ CONTENDER_CLOCK: 'virtual' });
  });
  afterAll(() => control.close());

  it('moves when told, never back, and dates what is done', async () => {
    const moved = await control
      .call('post', '/api/v1/clock')
      .send({ now: '2031-02-01T00:00:00Z', hold: true })
      .expect(200);
    expect(moved.body).toEqual({ now: '2031-02-01T00:00:00.000Z', held: true, settled: false });
    const { body } = await control.call('post', '/api/v1/environments').send({ key: 'later' }).expect(201);
    expect(body.createdAt).toBe('2031-02-01T00:00:00.000Z');
    const back = await control
      .call('post', '/api/v1/clock')
      .send({ now: '2031-01-01T00:00:00Z' })
      .expect(409);
    expect(back.body.code).toBe('CLOCK_BACKWARDS');
  });

  it('answers a move once the workers have settled it', async () => {
    const move = control.call('post', '/api/v1/clock').send({ advanceSeconds: 60 }).expect(200);
    const settled = move.then(({ body }) => body as unknown);
    for (;;) {
      const { rows } = await control.sql.query('SELECT requested FROM virtual_clock WHERE NOT held');
      if (rows.length > 0) break;
    }
    await control.sql.query('UPDATE virtual_clock SET settled = requested');
    expect(await settled).toMatchObject({ held: false, settled: true });
  });
});
