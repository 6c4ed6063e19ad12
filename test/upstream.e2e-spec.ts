import type { RulesetTask } from '@app/bucketing';
import { WorkerConfig } from '../apps/worker/src/config.js';
import { startWorker, type Worker } from '../apps/worker/src/worker.js';
import { type ControlHarness, startControl } from './control-harness.js';
import { SmallUnleash } from './support/small-unleash.js';

// Setting up a database and an app can take long on a busy machine.
jest.setTimeout(90_000);

const KILL = 'contender.production.reply.kill';
const GATE = 'contender.production.reply.gate';
const FLAG = 'contender.production.reply.rollout';

/** Waits for a condition, as long as a busy machine may take. */
async function until<T>(read: () => T | Promise<T>, holds: (value: T) => boolean): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    const value = await read();
    if (holds(value)) return value;
    if (attempt > 1200) throw new Error(`it never came to pass: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('an upstream Unleash server', () => {
  const unleash = new SmallUnleash();
  let control: ControlHarness;
  const workers: Worker[] = [];

  const post = (path: string, body: object) => control.call('post', path).send(body);
  const worker = async (): Promise<Worker> => {
    const started = await startWorker(
      Object.assign(new WorkerConfig(), {
        DATABASE_URL: control.url,
        UNLEASH_URL: unleash.url,
        UNLEASH_API_TOKEN: SmallUnleash.token,
        UNLEASH_ADMIN_TOKEN: SmallUnleash.adminToken,
        UNLEASH_REFRESH_MS: 100,
      }),
    );
    workers.push(started);
    return started;
  };
  const stop = async (): Promise<void> => {
    for (const one of workers.splice(0)) await one.stop();
  };
  const published = async (task = 'reply', environment = 'production'): Promise<RulesetTask> => {
    const { rows } = await control.sql.query<{ task: RulesetTask }>(
      `SELECT body::jsonb->'tasks'->$2 AS task FROM rulesets WHERE environment = $1 ORDER BY version DESC LIMIT 1`,
      [environment, task],
    );
    return rows[0]!.task;
  };
  const killedBy = async (task?: string): Promise<string | undefined> => (await published(task)).killedBy;
  const comesTo = (killer: string | undefined) => until(killedBy, (now) => now === killer);
  const versions = async (): Promise<number> =>
    (await control.sql.query<{ n: number }>('SELECT count(*)::int AS n FROM rulesets')).rows[0]!.n;

  beforeAll(async () => {
    control = await startControl();
    await unleash.up();
    for (const key of ['old', 'new']) {
      await post('/api/v1/models', { key, provider: 'test', name: key }).expect(201);
    }
    for (const key of ['reply', 'other']) {
      await post('/api/v1/tasks', { key, unitType: 'user' }).expect(201);
      await control
        .call('put', `/api/v1/tasks/${key}/champion`)
        .send({ environment: 'production', model: 'old' })
        .expect(200);
    }
    await Promise.all([worker(), worker()]);
  });
  afterAll(async () => {
    await stop();
    await unleash.down();
    await control.close();
  });

  it('closes a task by a kill switch that is on, and opens it when it is off', async () => {
    unleash.flags.set(KILL, true);
    await comesTo(KILL);
    expect(await killedBy('other')).toBeUndefined();
    expect((await published('reply', 'staging')).killedBy).toBeUndefined();
    const { body } = await control.call('get', '/api/v1/tasks/reply').expect(200);
    expect(body.environments).toEqual([expect.objectContaining({ enabled: true, closedGates: [KILL] })]);
    unleash.flags.set(KILL, false);
    await comesTo(undefined);
    const { rows } = await control.sql.query(
      `SELECT action, actor, environment FROM audit_log WHERE action LIKE 'task.gate-%' ORDER BY id`,
    );
    expect(rows).toEqual([
      { action: 'task.gate-close', actor: 'unleash', environment: 'production' },
      { action: 'task.gate-open', actor: 'unleash', environment: 'production' },
    ]);
  });

  it('closes a task by a gate that is off, and every task by the kill switch of the environment', async () => {
    unleash.flags.set(GATE, false);
    await comesTo(GATE);
    unleash.flags.set(GATE, true);
    await comesTo(undefined);
    unleash.flags.set('contender.production.kill', true);
    await comesTo('contender.production.kill');
    await until(
      () => killedBy('other'),
      (now) => now === 'contender.production.kill',
    );
    unleash.flags.delete('contender.production.kill');
    await comesTo(undefined);
  });

  it('is asked by one of the workers, and by another when that one ends', async () => {
    expect(unleash.askers.size).toBe(1);
    // Which of the two leads is chance: both end, one after the other, and a third is there to take over.
    const both = workers.splice(0);
    await worker();
    for (const one of both) await one.stop();
    await until(
      () => unleash.askers.size,
      (size) => size >= 2,
    );
    unleash.flags.set(KILL, true);
    await comesTo(KILL);
  });

  it('changes nothing by being away, nor by a restart meanwhile, and is followed again when it is back', async () => {
    const before = await versions();
    await unleash.down();
    await stop();
    const restarted = await worker();
    // Rounds go by, each with what the worker would do if it took silence for an answer.
    await until(
      () => restarted.loop.health.rounds,
      (rounds) => rounds >= 3,
    );
    expect(await killedBy()).toBe(KILL);
    expect(await versions()).toBe(before);
    unleash.flags.set(KILL, false);
    await unleash.up();
    await comesTo(undefined);
  });

  it('changes nothing by refusing the token, and is followed again when it takes it', async () => {
    unleash.flags.set(KILL, true);
    await comesTo(KILL);
    unleash.clientToken = 'another';
    unleash.flags.set(KILL, false);
    // The client itself gives up at the first refusal; the second is of the one that took its place.
    await until(
      () => unleash.refused,
      (refused) => refused >= 2,
    );
    expect(await killedBy()).toBe(KILL);
    unleash.clientToken = SmallUnleash.token;
    await comesTo(undefined);
  });

  it('that is gone for good is forgotten by a person', async () => {
    unleash.flags.set(KILL, true);
    await comesTo(KILL);
    await stop();
    await unleash.down();
    const { body } = await post('/api/v1/tasks/reply/forget-gates', {
      environment: 'production',
      reason: 'The server was shut down',
    }).expect(200);
    expect(body.environments[0].closedGates).toEqual([]);
    expect(await killedBy()).toBeUndefined();
  });

  describe('is shown how far a rollout is', () => {
    const rollout = async (key: string, share: number, at: string): Promise<void> => {
      await control.sql.query(
        `INSERT INTO rollouts (id, key, task, environment, champion_id, challenger_id, plan, state, stage,
                               stage_entered_at, share, control_share, memory, approvals, revision, created_by, created_at)
         SELECT gen_random_uuid(), $1, 'reply', 'production', o.id, n.id, '{}', 'running', 0, $3, $2, 0, '{}', '[]', 1, 'ana', $3
         FROM models o, models n WHERE o.key = 'old' AND n.key = 'new'`,
        [key, share, at],
      );
    };
    const set = (key: string, change: string) =>
      control.sql.query(`UPDATE rollouts SET ${change} WHERE key = '${key}'`);
    const shows = (percent: string) =>
      until(
        () => unleash.percentOf(FLAG),
        (now) => now.length === 1 && now[0] === percent,
      );

    beforeAll(async () => {
      unleash.flags.clear();
      await unleash.up();
      await worker();
    });

    it('by a flag that is made for it and then follows', async () => {
      await rollout('first', 0.01, '2026-01-01T00:00:00Z');
      await shows('1');
      await until(
        () => unleash.turnedOn.length,
        (turned) => turned === 1,
      );
      await set('first', 'share = 0.255');
      await shows('25');
      expect(unleash.turnedOn).toEqual([FLAG]);
      expect([...unleash.strategies.get(FLAG)!.values()]).toMatchObject([{ title: 'Contender rollout' }]);
    });

    it('by a flag that is turned on later, when that alone failed, and only then', async () => {
      unleash.strategies.clear();
      unleash.turnedOn.length = 0;
      unleash.turningOnIsBroken = true;
      await set('first', 'share = 0.3');
      await until(
        () => unleash.failedTurnsOn,
        (failed) => failed >= 2,
      );
      expect(unleash.turnedOn).toEqual([]);
      await set('first', 'share = 0.35');
      unleash.turningOnIsBroken = false;
      await shows('35');
      await set('first', 'share = 0.2');
      await shows('20');
      expect(unleash.turnedOn).toEqual([FLAG]);
      expect([...unleash.strategies.get(FLAG)!.values()]).toMatchObject([{ title: 'Contender rollout' }]);
    });

    it('late, when it could not be written for a while, and as it is then', async () => {
      unleash.adminIsBroken = true;
      await set('first', 'share = 0.4');
      await until(
        () => unleash.failedWrites,
        (failed) => failed >= 2,
      );
      await set('first', 'share = 0.5');
      unleash.adminIsBroken = false;
      await shows('50');
      const { rows } = await control.sql.query(
        `SELECT mirrored_share, attempts, last_error FROM rollout_mirrors m JOIN rollouts r ON r.id = m.rollout_id`,
      );
      expect(rows).toEqual([{ mirrored_share: 0.5, attempts: 0, last_error: null }]);
    });

    it('to its end, and never by an older one again', async () => {
      await set('first', `state = 'rolled-back', finished_at = '2026-01-02T00:00:00Z'`);
      await shows('0');
      await rollout('second', 0.05, '2026-01-03T00:00:00Z');
      await shows('5');
      await set('first', 'share = 0.9');
      await set('second', `state = 'promoted', finished_at = '2026-01-04T00:00:00Z'`);
      await shows('100');
      expect(unleash.strategies.get(FLAG)!.size).toBe(1);
    });
  });
});
