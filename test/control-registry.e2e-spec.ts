import { type ControlHarness, startControl } from './control-harness.js';

// Setting up a database and an app can take long on a busy machine; nothing here waits for time to pass.
jest.setTimeout(60_000);

describe('models, tasks and metrics over HTTP', () => {
  let control: ControlHarness;

  const post = (path: string, body: object) => control.call('post', path).send(body);
  const ruleset = async (): Promise<{ version: number; cause: string; body: string } | undefined> => {
    const { rows } = await control.sql.query(
      `SELECT version::int, cause, body FROM rulesets WHERE environment = 'production' ORDER BY version DESC LIMIT 1`,
    );
    return rows[0];
  };

  beforeAll(async () => {
    control = await startControl();
  });
  afterAll(() => control.close());

  it('makes a new version of a model at every change, and keeps the old', async () => {
    await post('/api/v1/models', { key: 'No E-Mail', provider: 'scripted', name: 'none' }).expect(201);
    const changed = await control
      .call('patch', '/api/v1/models/No%20E-Mail')
      .send({ prompt: 'Be brief.', parameters: { temperature: 0 } })
      .expect(200);
    expect(changed.body).toMatchObject({ ref: 'No E-Mail@2', provider: 'scripted', prompt: 'Be brief.' });
    const cleared = await control
      .call('patch', '/api/v1/models/No%20E-Mail')
      .send({ prompt: null })
      .expect(200);
    expect(cleared.body).toMatchObject({ version: 3, prompt: null, parameters: { temperature: 0 } });
    const versions = await control.call('get', '/api/v1/models/No%20E-Mail/versions').expect(200);
    expect(versions.body.map((model: { version: number }) => model.version)).toEqual([3, 2, 1]);
    const first = await control.call('get', '/api/v1/models/No%20E-Mail@1').expect(200);
    expect(first.body.prompt).toBeNull();
  });

  it('lists the newest version of each model, page by page', async () => {
    for (const key of ['a', 'b', 'c']) await post('/api/v1/models', { key, provider: 'scripted', name: key });
    const first = await control.call('get', '/api/v1/models?limit=2').expect(200);
    const second = await control
      .call('get', `/api/v1/models?limit=2&cursor=${first.body.nextCursor}`)
      .expect(200);
    const keys = [...first.body.items, ...second.body.items].map((model: { ref: string }) => model.ref);
    expect(new Set(keys)).toEqual(new Set(['No E-Mail@3', 'a@1', 'b@1', 'c@1']));
    expect(second.body.nextCursor).toBeNull();
  });

  it('publishes a champion to the edges and notes that the model served', async () => {
    await post('/api/v1/tasks', { key: 'reply', unitType: 'user' }).expect(201);
    const { body } = await control
      .call('put', '/api/v1/tasks/reply/champion')
      .send({ environment: 'production', model: 'a', fallbacks: ['b', 'c@1'] })
      .expect(200);
    expect(body.environments).toEqual([
      expect.objectContaining({
        environment: 'production',
        champion: 'a@1',
        fallbacks: ['b@1', 'c@1'],
        enabled: true,
      }),
    ]);
    const published = (await ruleset())!;
    expect(JSON.parse(published.body)).toMatchObject({
      version: published.version,
      tasks: { reply: { champion: 'a@1', fallbacks: ['b@1', 'c@1'], enabled: true, experiments: [] } },
      models: { 'a@1': { key: 'a', version: 1, provider: 'scripted' } },
    });
    const model = await control.call('get', '/api/v1/models/a').expect(200);
    expect(model.body.firstServedAt).not.toBeNull();
  });

  it('publishes nothing when nothing that edges see has changed', async () => {
    const before = (await ruleset())!;
    const body = { environment: 'production', model: 'a', fallbacks: ['b', 'c'] };
    await control.call('put', '/api/v1/tasks/reply/champion').send(body).expect(200);
    expect(await ruleset()).toEqual(before);
  });

  it('switches a task off and on, with the reason in the audit log and in the ruleset’s cause', async () => {
    const body = { environment: 'production', enabled: false, reason: 'the provider is down' };
    await control.call('put', '/api/v1/tasks/reply/switch').send(body).expect(200);
    const published = (await ruleset())!;
    expect(JSON.parse(published.body).tasks.reply.enabled).toBe(false);
    expect(published.cause).toContain('the provider is down');
    const audit = await control.call('get', '/api/v1/audit-log?action=task.disable').expect(200);
    expect(audit.body.items[0]).toMatchObject({
      reason: 'the provider is down',
      before: { enabled: true },
      after: { enabled: false },
    });
  });

  it('gives two environments their own champions', async () => {
    await control
      .call('put', '/api/v1/tasks/reply/champion')
      .send({ environment: 'staging', model: 'c' })
      .expect(200);
    const { body } = await control.call('get', '/api/v1/tasks/reply').expect(200);
    expect(body.environments.map((one: { champion: string }) => one.champion)).toEqual(['a@1', 'c@1']);
  });

  it('fills in the defaults of a metric’s kind and makes a version at every change', async () => {
    const { body } = await post('/api/v1/metrics', {
      key: 'sales_per_week',
      kind: 'ratio',
      direction: 'increase',
      numerator: 'sales',
      denominator: 'week',
    }).expect(201);
    expect(body).toMatchObject({
      version: 1,
      name: 'sales_per_week',
      aggregate: 'sum',
      missing: 'exclude',
      window: { delay: 0, length: null },
    });
    const changed = await control
      .call('put', '/api/v1/metrics/sales_per_week')
      .send({ kind: 'mean', source: 'sales', direction: 'increase', bounds: [0, 9], window: { length: 60 } })
      .expect(200);
    expect(changed.body).toMatchObject({
      version: 2,
      kind: 'mean',
      numerator: null,
      bounds: [0, 9],
      window: { delay: 0, length: 60 },
    });
  });

  it('makes one version when two changes come at once, each', async () => {
    await post('/api/v1/models', { key: 'busy', provider: 'scripted', name: 'busy' }).expect(201);
    const answers = await Promise.all(
      [1, 2, 3, 4].map((temperature) =>
        control.call('patch', '/api/v1/models/busy').send({ parameters: { temperature } }),
      ),
    );
    expect(answers.map((answer) => answer.body.version as number).sort()).toEqual([2, 3, 4, 5]);
  });
});
