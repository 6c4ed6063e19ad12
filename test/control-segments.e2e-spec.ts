import type { Ruleset } from '@app/bucketing';
import {
  CHAMPION_EXAMPLE,
  EXPERIMENT_EXAMPLE,
  METRIC_EXAMPLES,
  MODEL_EXAMPLES,
  TASK_EXAMPLE,
} from '../apps/control/src/openapi/examples.js';
import { type ControlHarness, startControl } from './control-harness.js';

// Setting up a database and an app can take long on a busy machine; nothing here waits for time to pass.
jest.setTimeout(60_000);

const german = { attribute: 'country', operator: 'in', value: ['DE', 'AT'] };

describe('segments', () => {
  let control: ControlHarness;

  const post = (path: string, body: object = {}) => control.call('post', path).send(body);
  const change = (key: string, revision: number, body: object, apiKey?: string) =>
    control.call('patch', `/api/v1/segments/${key}`, apiKey).set('If-Match', `"${revision}"`).send(body);
  const create = (key: string, condition: object) => post('/api/v1/segments', { key, condition }).expect(201);
  const experiment = (key: string, more: object) =>
    post('/api/v1/experiments', { ...EXPERIMENT_EXAMPLE, key, trafficShare: 0.1, ...more }).expect(201);
  const latest = async (environment = 'production'): Promise<Ruleset> => {
    const { rows } = await control.sql.query<{ body: string }>(
      `SELECT body FROM rulesets WHERE environment = $1 ORDER BY version DESC LIMIT 1`,
      [environment],
    );
    return JSON.parse(rows[0]!.body) as Ruleset;
  };
  const epochs = async (key: string): Promise<Array<{ number: number; reason: string }>> =>
    (
      await control.sql.query<{ number: number; reason: string }>(
        `SELECT e.number, e.reason FROM epochs e JOIN experiments x ON x.id = e.subject_id
         WHERE x.key = $1 ORDER BY e.number`,
        [key],
      )
    ).rows;

  beforeAll(async () => {
    control = await startControl();
    for (const { value } of Object.values(MODEL_EXAMPLES)) await post('/api/v1/models', value).expect(201);
    await post('/api/v1/tasks', TASK_EXAMPLE).expect(201);
    await control.call('put', '/api/v1/tasks/support-reply/champion').send(CHAMPION_EXAMPLE).expect(200);
    for (const { value } of Object.values(METRIC_EXAMPLES)) await post('/api/v1/metrics', value).expect(201);
  });
  afterAll(() => control.close());

  it('are written, listed, read, changed and deleted, each with a row in the audit log', async () => {
    await create('short-lived', german);
    const read = await control.call('get', '/api/v1/segments/short-lived').expect(200);
    expect(read.headers.etag).toBe('"1"');
    expect(read.body).toMatchObject({ key: 'short-lived', condition: german, revision: 1, usedBy: [] });
    const changed = await change('short-lived', 1, { name: 'By country', description: 'New' }).expect(200);
    expect(changed.headers.etag).toBe('"2"');
    expect(changed.body).toMatchObject({ name: 'By country', condition: german, revision: 2 });
    const list = await control.call('get', '/api/v1/segments').expect(200);
    expect(list.body.items).toMatchObject([{ key: 'short-lived', revision: 2 }]);
    await control.call('delete', '/api/v1/segments/short-lived').expect(204);
    await control.call('get', '/api/v1/segments/short-lived').expect(404);
    const { rows } = await control.sql.query(
      `SELECT action FROM audit_log WHERE subject_type = 'segment' AND subject_key = 'short-lived' ORDER BY id`,
    );
    expect(rows.map((row) => row.action)).toEqual(['segment.create', 'segment.change', 'segment.delete']);
  });

  it('reach the edges of an environment that uses them, through one another, and no other', async () => {
    await create('german', german);
    await create('german-pro', {
      all: [{ segment: 'german' }, { attribute: 'plan', operator: 'equals', value: 'pro' }],
    });
    await create('unused', { not: { segment: 'german' } });
    await experiment('for-pros', { audience: { segment: 'german-pro' } });
    expect((await latest()).segments).toBeUndefined();
    await post('/api/v1/experiments/for-pros/start').expect(200);
    expect(Object.keys((await latest()).segments!).sort()).toEqual(['german', 'german-pro']);

    const versions = { staging: (await latest('staging')).version, production: (await latest()).version };
    const swiss = { ...german, value: ['DE', 'AT', 'CH'] };
    const changed = await change('german', 1, { condition: swiss }).expect(200);
    expect(changed.body.usedBy).toEqual([
      { type: 'experiment', key: 'for-pros', environment: 'production', state: 'running' },
      { type: 'segment', key: 'german-pro', environment: null, state: null },
      { type: 'segment', key: 'unused', environment: null, state: null },
    ]);
    const after = await latest();
    expect(after.version).toBe(versions.production + 1);
    expect(after.segments).toMatchObject({ german: swiss });
    expect((await latest('staging')).version).toBe(versions.staging);
  });

  it('open an epoch of what runs when they change whom it is for, and of nothing else', async () => {
    await create('of-two', german);
    await experiment('follows', { audience: { any: [{ segment: 'of-two' }] } });
    await experiment('drafted', { audience: { segment: 'of-two' } });
    await experiment('apart', {});
    for (const key of ['follows', 'apart']) await post(`/api/v1/experiments/${key}/start`).expect(200);
    await change('of-two', 1, { name: 'Another name' }).expect(200);
    expect(await epochs('follows')).toEqual([{ number: 1, reason: 'start' }]);
    await change('of-two', 2, { condition: { not: german } }).expect(200);
    expect(await epochs('follows')).toEqual([
      { number: 1, reason: 'start' },
      { number: 2, reason: 'segment of-two changed' },
    ]);
    expect(await epochs('apart')).toHaveLength(1);
    expect(await epochs('drafted')).toEqual([]);
    const running = (await latest()).tasks['support-reply']!.experiments;
    expect(running.find((one) => one.key === 'follows')).toMatchObject({ epoch: 2 });
    const { rows } = await control.sql.query(
      `SELECT weights, shape FROM epochs WHERE number = 2 AND subject_id = (SELECT id FROM experiments WHERE key = 'follows')`,
    );
    expect(rows[0]).toMatchObject({
      weights: { small: 1, large: 1 },
      shape: { trafficShare: 0.1, segmentChanged: { key: 'of-two', revision: 3 } },
    });
  });

  it('stay while a draft, a running experiment or another segment needs them', async () => {
    await create('needed', german);
    await experiment('needs-it', { audience: { segment: 'needed' } });
    const refused = await control.call('delete', '/api/v1/segments/needed').expect(409);
    expect(refused.body).toMatchObject({
      code: 'SEGMENT_IN_USE',
      detail: expect.stringContaining('needs-it'),
    });
    await post('/api/v1/experiments/needs-it/archive').expect(200);
    await control.call('delete', '/api/v1/segments/needed').expect(204);
  });

  it('are not moved by a key of another environment, once units depend on them', async () => {
    await create('guarded', german);
    const { body } = await post('/api/v1/api-keys', { name: 's', role: 'editor', environment: 'staging' });
    await change('guarded', 1, { condition: { not: german } }, body.key).expect(200);
    await experiment('guards', { audience: { segment: 'guarded' } });
    const refused = await change('guarded', 2, { condition: german }, body.key).expect(403);
    expect(refused.body.code).toBe('ENVIRONMENT_NOT_ALLOWED');
    await change('guarded', 2, { name: 'Words move nobody' }, body.key).expect(200);
  });

  it('are not changed into something that the hash scheme of a task they decide on cannot say', async () => {
    await post('/api/v1/tasks', { key: 'unleashed', unitType: 'user', hashScheme: 'unleash' }).expect(201);
    await create('of-unleash', german);
    await experiment('says-it', { task: 'unleashed', audience: { segment: 'of-unleash' } });
    await post('/api/v1/experiments/says-it/start').expect(200);
    const moment = { attribute: 'since', operator: 'before', value: '2026-01-01T00:00:00Z' };
    const refused = await change('of-unleash', 1, { condition: moment }).expect(422);
    expect(refused.body).toMatchObject({
      code: 'SCHEME_CANNOT_EXPRESS',
      detail: expect.stringContaining('says-it'),
    });
    expect(await epochs('says-it')).toHaveLength(1);
  });

  it('are changed once by a request that is sent twice', async () => {
    await create('once', german);
    const send = () => change('once', 1, { name: 'Once' }).set('Idempotency-Key', 'segment-once');
    const first = await send().expect(200);
    const second = await send().expect(200);
    expect(second.body).toEqual(first.body);
    expect(second.headers.etag).toBe('"2"');
  });
});
