import type { DatabaseClock } from '@app/database';
import { ExperimentReader, ExperimentService } from '@app/experiments';
import { Clock } from '@app/kernel';
import { RulesetPublisher } from '@app/rulesets';
import {
  EXPERIMENT_EXAMPLE,
  METRIC_EXAMPLES,
  MODEL_EXAMPLES,
  TASK_EXAMPLE,
} from '../apps/control/src/openapi/examples.js';
import { type ControlHarness, startControl } from './control-harness.js';

// Setting up a database and an app can take long on a busy machine; nothing here waits for time to pass.
jest.setTimeout(60_000);

describe('planned starts and ends', () => {
  let control: ControlHarness;

  const post = (path: string, body: object = {}) => control.call('post', path).send(body);
  const moveTo = async (now: string): Promise<void> => {
    await post('/api/v1/clock', { now, hold: true }).expect(200);
    // As a worker does at the start of each round.
    await (control.app.get(Clock) as DatabaseClock).refresh();
  };
  const idOf = async (key: string): Promise<string> =>
    (await control.app.get(ExperimentReader).byKey(key))!.id;
  const stateOf = async (key: string): Promise<string> =>
    (await control.call('get', `/api/v1/experiments/${key}`).expect(200)).body.state as string;
  const due = async (key: string) => {
    const { rows } = await control.sql.query<{ kind: string; at: string }>(
      `SELECT kind, to_char(due_at, 'YYYY-MM-DD') AS at FROM schedules WHERE subject_id = $1 ORDER BY kind`,
      [await idOf(key)],
    );
    return Object.fromEntries(rows.map(({ kind, at }) => [kind, at]));
  };
  const experiments = (): ExperimentService => control.app.get(ExperimentService);

  beforeAll(async () => {
    control = await startControl({ CONTENDER_CLOCK: 'virtual' });
    // The first move may go back: recordings are older than the instance that replays them.
    await moveTo('2024-01-01T00:00:00Z');
    for (const { value } of Object.values(MODEL_EXAMPLES)) await post('/api/v1/models', value).expect(201);
    await post('/api/v1/tasks', TASK_EXAMPLE).expect(201);
    for (const { value } of Object.values(METRIC_EXAMPLES)) await post('/api/v1/metrics', value).expect(201);
  });
  afterAll(() => control.close());

  const create = (key: string, more: object) =>
    post('/api/v1/experiments', { ...EXPERIMENT_EXAMPLE, key, trafficShare: 0.2, ...more }).expect(201);

  it('start a draft when its time has come and stop it at its end, never before', async () => {
    await create('planned', { startAt: '2024-01-05T00:00:00Z', endAt: '2024-01-20T00:00:00Z' });
    expect(await due('planned')).toEqual({ start: '2024-01-05' });
    const id = await idOf('planned');
    await moveTo('2024-01-05T00:00:00Z');
    await experiments().startDue(id);
    expect(await stateOf('planned')).toBe('running');
    expect(await due('planned')).toEqual({ look: '2024-01-05', stop: '2024-01-20' });

    expect(await experiments().stopDue(id)).toBeNull();
    expect(await stateOf('planned')).toBe('running');
    await moveTo('2024-01-20T00:00:00Z');
    await experiments().stopDue(id);
    const { body } = await control.call('get', '/api/v1/experiments/planned').expect(200);
    expect(body).toMatchObject({
      state: 'concluded',
      conclusion: { decision: 'stop', variant: null, by: 'worker' },
    });
    expect(body.conclusion.reason).toContain('2024-01-20');
  });

  it('move with the dates, and go with them', async () => {
    await create('moved', { startAt: '2024-02-05T00:00:00Z' });
    const patch = (revision: number, body: object) =>
      control.call('patch', '/api/v1/experiments/moved').set('If-Match', `"${revision}"`).send(body);
    await patch(1, { startAt: '2024-02-07T00:00:00Z' }).expect(200);
    expect(await due('moved')).toEqual({ start: '2024-02-07' });
    await patch(2, { startAt: null }).expect(200);
    expect(await due('moved')).toEqual({});
    await post('/api/v1/experiments/moved/start').expect(200);
    await patch(4, { endAt: '2024-03-01T00:00:00Z' }).expect(200);
    expect(await due('moved')).toMatchObject({ stop: '2024-03-01' });
    await patch(5, { endAt: null }).expect(200);
    expect(await due('moved')).not.toHaveProperty('stop');
  });

  it('leave a draft that cannot start as it is, once, with the reason in the audit log', async () => {
    await create('all-of-it', { trafficShare: 0.8, startAt: '2024-02-10T00:00:00Z' });
    await create('in-the-way', { trafficShare: 0.5 });
    await post('/api/v1/experiments/in-the-way/start').expect(200);
    await moveTo('2024-02-10T00:00:00Z');
    expect(await experiments().startDue(await idOf('all-of-it'))).toBeNull();
    expect(await stateOf('all-of-it')).toBe('draft');
    expect(await due('all-of-it')).toEqual({});
    const { body } = await control
      .call('get', '/api/v1/audit-log?action=experiment.start-refused')
      .expect(200);
    expect(body.items).toMatchObject([{ actor: 'worker', subjectKey: 'all-of-it' }]);
    expect(body.items[0].reason).toContain('TRAFFIC_NOT_AVAILABLE');
  });

  it('publish rulesets in one line of versions, however many publish at once', async () => {
    const before = await versions();
    await Promise.all(
      [0.21, 0.22, 0.23, 0.24].map((trafficShare, index) =>
        create(`crowd-${index}`, { assignment: 'given', trafficShare }).then(() =>
          post(`/api/v1/experiments/crowd-${index}/start`).expect(200),
        ),
      ),
    );
    const after = await versions();
    expect(after).toHaveLength(before.length + 4);
    expect(after).toEqual(after.map((_version, index) => index + 1));
    await control.app.get(RulesetPublisher).publish('production', 'nothing changed');
    expect(await versions()).toEqual(after);
  });

  async function versions(): Promise<number[]> {
    const { rows } = await control.sql.query<{ version: number }>(
      `SELECT version::int FROM rulesets WHERE environment = 'production' ORDER BY version`,
    );
    return rows.map((row) => row.version);
  }
});
