import { compileRuleset, decide, type Ruleset } from '@app/bucketing';
import type { DatabaseClock } from '@app/database';
import { HoldoutService } from '@app/holdouts';
import { Clock } from '@app/kernel';
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

const UNITS = Array.from({ length: 2000 }, (_, index) => `user-${index}`);

describe('holdouts', () => {
  let control: ControlHarness;

  const post = (path: string, body: object = {}) => control.call('post', path).send(body);
  const moveTo = async (now: string): Promise<void> => {
    await post('/api/v1/clock', { now, hold: true }).expect(200);
    await (control.app.get(Clock) as DatabaseClock).refresh();
  };
  const create = (key: string, more: object = {}) =>
    post('/api/v1/holdouts', {
      key,
      environment: 'production',
      tasks: ['support-reply'],
      share: 0.1,
      ...more,
    });
  const end = (key: string) => post(`/api/v1/holdouts/${key}/end`, { reason: 'The quarter is over' });
  const champion = (model: string, task = 'support-reply') =>
    control.call('put', `/api/v1/tasks/${task}/champion`).send({ environment: 'production', model });
  const latest = async (): Promise<Ruleset> => {
    const { rows } = await control.sql.query<{ body: string }>(
      `SELECT body FROM rulesets WHERE environment = 'production' ORDER BY version DESC LIMIT 1`,
    );
    return JSON.parse(rows[0]!.body) as Ruleset;
  };
  const decisions = async (task = 'support-reply') => {
    const compiled = compileRuleset(await latest());
    expect(compiled.problems).toEqual([]);
    return UNITS.map((unit) => decide(compiled, task, unit));
  };
  const epochs = async (key: string): Promise<string[]> => {
    const { rows } = await control.sql.query<{ reason: string }>(
      `SELECT e.reason FROM epochs e JOIN experiments x ON x.id = e.subject_id WHERE x.key = $1 ORDER BY e.number`,
      [key],
    );
    return rows.map((row) => row.reason);
  };
  const due = async (id: string): Promise<string | null> => {
    const { rows } = await control.sql.query<{ at: string }>(
      `SELECT to_char(due_at, 'YYYY-MM-DD') AS at FROM schedules WHERE kind = 'holdout' AND subject_id = $1`,
      [id],
    );
    return rows[0]?.at ?? null;
  };

  beforeAll(async () => {
    control = await startControl({ CONTENDER_CLOCK: 'virtual' });
    await moveTo('2024-01-01T00:00:00Z');
    for (const { value } of Object.values(MODEL_EXAMPLES)) await post('/api/v1/models', value).expect(201);
    await post('/api/v1/tasks', TASK_EXAMPLE).expect(201);
    await post('/api/v1/tasks', { key: 'intent', unitType: 'user' }).expect(201);
    await control.call('put', '/api/v1/tasks/support-reply/champion').send(CHAMPION_EXAMPLE).expect(200);
    await champion('support-large', 'intent').expect(200);
    for (const { value } of Object.values(METRIC_EXAMPLES)) await post('/api/v1/metrics', value).expect(201);
    await post('/api/v1/experiments', { ...EXPERIMENT_EXAMPLE, key: 'beside' }).expect(201);
    await post('/api/v1/experiments/beside/start').expect(200);
  });
  afterAll(() => control.close());

  it('keep their units on the champions of their creation, on all their tasks, before any experiment', async () => {
    const { body } = await create('q1', { tasks: ['support-reply', 'intent'] }).expect(201);
    expect(body).toMatchObject({
      state: 'running',
      salt: 'holdout:q1',
      tasks: [
        { task: 'intent', model: 'support-large@1' },
        { task: 'support-reply', model: 'support-small@1' },
      ],
    });
    await champion('support-large').expect(200);
    await champion('support-small', 'intent').expect(200);
    const [replies, intents] = [await decisions(), await decisions('intent')];
    const held = replies.filter((one) => one.reason === 'HOLDOUT');
    // 2,000 units at 10 %: 200, five standard errors of 13 either way.
    expect(held.length).toBeGreaterThan(135);
    expect(held.length).toBeLessThan(265);
    expect(new Set(held.map((one) => `${one.model!.key} ${one.experiment} ${one.exposes}`))).toEqual(
      new Set(['support-small null false']),
    );
    expect(replies.filter((one) => one.experiment === 'beside')).toHaveLength(UNITS.length - held.length);
    expect(intents.map((one) => one.reason === 'HOLDOUT')).toEqual(
      replies.map((one) => one.reason === 'HOLDOUT'),
    );
    expect(new Set(intents.map((one) => `${one.reason} ${one.model!.key}`))).toEqual(
      new Set(['HOLDOUT support-large', 'DEFAULT support-small']),
    );
    expect(await epochs('beside')).toEqual(['start', 'holdout q1 started']);
  });

  it('leave the ruleset when they end, and stay readable', async () => {
    const { body } = await end('q1').expect(200);
    expect(body).toMatchObject({ state: 'ended', endedAt: '2024-01-01T00:00:00.000Z', revision: 2 });
    expect((await decisions()).every((one) => one.experiment === 'beside')).toBe(true);
    expect(await epochs('beside')).toEqual(['start', 'holdout q1 started', 'holdout q1 ended']);
    const again = await end('q1').expect(409);
    expect(again.body.code).toBe('STATE_NOT_ALLOWED');
    const read = await control.call('get', '/api/v1/holdouts/q1').expect(200);
    expect(read.body.tasks).toHaveLength(2);
  });

  it('wait for their start date, with the champions of their creation, and end by themselves', async () => {
    const created = await create('planned', {
      startAt: '2024-02-01T00:00:00Z',
      endAt: '2024-03-01T00:00:00Z',
    }).expect(201);
    const { id } = created.body as { id: string };
    expect(created.body).toMatchObject({ state: 'planned', startedAt: null });
    expect(created.body.tasks).toEqual([{ task: 'support-reply', model: 'support-large@1' }]);
    expect(await due(id)).toBe('2024-02-01');
    expect((await latest()).tasks['support-reply']!.holdout).toBeNull();
    const taken = await create('other').expect(409);
    expect(taken.body).toMatchObject({
      code: 'HOLDOUT_OVERLAPS',
      detail: expect.stringContaining('planned'),
    });
    await champion('support-small').expect(200);

    const holdouts = control.app.get(HoldoutService);
    await moveTo('2024-02-01T00:00:00Z');
    expect(await holdouts.stepDue(id)).toEqual(new Date('2024-03-01T00:00:00Z'));
    expect((await latest()).tasks['support-reply']!.holdout).toEqual({
      key: 'planned',
      salt: 'holdout:planned',
      share: 0.1,
      model: 'support-large@1',
      measured: { id, epoch: 1, since: '2024-02-01T00:00:00.000Z' },
    });
    // A worker that runs the same job again, and one whose clock was ahead.
    expect(await holdouts.stepDue(id)).toEqual(new Date('2024-03-01T00:00:00Z'));
    await moveTo('2024-03-01T00:00:00Z');
    expect(await holdouts.stepDue(id)).toBeNull();
    expect((await latest()).tasks['support-reply']!.holdout).toBeNull();
    const { body } = await control.call('get', '/api/v1/holdouts/planned').expect(200);
    expect(body).toMatchObject({ state: 'ended', startedAt: '2024-02-01T00:00:00.000Z' });
    const { rows } = await control.sql.query(
      `SELECT action, reason FROM audit_log WHERE subject_type = 'holdout' AND subject_key = 'planned' ORDER BY id`,
    );
    expect(rows.map((row) => row.action)).toEqual(['holdout.create', 'holdout.start', 'holdout.end']);
    expect(rows[2].reason).toContain('2024-03-01');
  });

  it('are made once when two people make them at the same moment', async () => {
    const answers = await Promise.all([
      create('left', { tasks: ['support-reply', 'intent'] }),
      create('right', { tasks: ['intent', 'support-reply'] }),
    ]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409]);
    const { body } = await control.call('get', '/api/v1/holdouts?state=running&task=intent').expect(200);
    expect(body.items).toHaveLength(1);
    await end((body.items as Array<{ key: string }>)[0]!.key).expect(200);
  });

  it('are measured by the metrics that people name, at creation or later', async () => {
    await post('/api/v1/metrics', {
      ...{ key: 'p90', kind: 'quantile', quantile: 0.9, source: 'wait', direction: 'decrease' },
    }).expect(201);
    await post('/api/v1/metrics', {
      ...{ key: 'renewed', kind: 'proportion', direction: 'increase', unitType: 'tenant' },
    }).expect(201);
    for (const [metric, status, code] of [
      ['nothing', 404, 'METRIC_UNKNOWN'],
      ['p90', 422, 'METRIC_NOT_DECIDABLE'],
      ['renewed', 422, 'METRIC_UNIT_MISMATCH'],
    ] as const) {
      const refused = await create('measured', { metrics: [metric] }).expect(status);
      expect(refused.body.code).toBe(code);
    }
    const made = await create('measured', { plannedUnits: 800 }).expect(201);
    expect(made.body).toMatchObject({ metrics: [], plannedUnits: 800, revision: 1 });
    const none = await control.call('get', '/api/v1/holdouts/measured/results').expect(200);
    expect(none.body).toMatchObject({ verdict: 'UNMEASURED', units: { held: 0, open: 0 }, effects: [] });
    const metric = (key: string) => post('/api/v1/holdouts/measured/metrics', { metric: key });
    expect((await metric('quality').expect(200)).body).toMatchObject({
      ...{ metrics: [{ metric: 'quality', version: 1 }], revision: 2 },
    });
    expect((await metric('quality').expect(200)).body.revision).toBe(2);
    expect((await metric('renewed').expect(422)).body.code).toBe('METRIC_UNIT_MISMATCH');
    const { rows } = await control.sql.query(
      `SELECT action FROM audit_log WHERE subject_type = 'holdout' AND subject_key = 'measured' ORDER BY id`,
    );
    expect(rows.map((row) => row.action)).toEqual(['holdout.create', 'holdout.add-metric']);
    const [told] = (await control.call('get', '/api/v1/holdouts/measured/results').expect(200)).body.effects;
    expect(told).toMatchObject({ metric: 'quality', outcome: 'insufficient', difference: null });
    await end('measured').expect(200);
    expect((await metric('quality').expect(409)).body.code).toBe('STATE_NOT_ALLOWED');
    expect((await control.call('get', '/api/v1/holdouts/none/results').expect(404)).body.code).toBe(
      'HOLDOUT_UNKNOWN',
    );
  });

  it('are refused where the hash scheme of a task cannot say their share', async () => {
    await post('/api/v1/tasks', { key: 'unleashed', unitType: 'user', hashScheme: 'unleash' }).expect(201);
    await champion('support-small', 'unleashed').expect(200);
    const refused = await create('fine', { tasks: ['unleashed'], share: 0.025 }).expect(422);
    expect(refused.body).toMatchObject({
      code: 'SCHEME_CANNOT_EXPRESS',
      detail: expect.stringContaining('2.5 %'),
    });
    await create('coarse', { tasks: ['unleashed'], share: 0.02 }).expect(201);
  });
});
