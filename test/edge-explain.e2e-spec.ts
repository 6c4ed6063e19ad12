import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Ruleset } from '@app/bucketing';
import type { AssignmentsResponse } from '@app/wire';
import { EdgeConfig } from '../apps/edge/src/config.js';
import { createEdge, type Edge } from '../apps/edge/src/create-edge.js';
import { type ControlHarness, startControl } from './control-harness.js';

describe('explain and the edge', () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'contender-explain-e2e-'));
  let control: ControlHarness;
  let edge: Edge;
  let url: string;
  let serviceKey: string;

  const assign = async (unit: string, attributes: object): Promise<AssignmentsResponse> => {
    const answer = await fetch(`${url}/api/v1/assignments`, {
      method: 'POST',
      headers: { authorization: `Bearer ${serviceKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ unit, tasks: ['support-reply'], attributes, expose: false }),
    });
    return (await answer.json()) as AssignmentsResponse;
  };
  const explain = (unit: string, more = '') =>
    control.call('get', `/api/v1/tasks/support-reply/explain?unit=${unit}&environment=production${more}`);
  const followed = async (version: number): Promise<void> => {
    for (let attempt = 0; (await assign('any', {})).rulesetVersion < version; attempt += 1) {
      if (attempt > 200) throw new Error(`the edge never reached version ${version}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  };

  beforeAll(async () => {
    control = await startControl();
    for (const key of ['old', 'new']) {
      await control.call('post', '/api/v1/models').send({ key, provider: 'openai', name: key }).expect(201);
    }
    await control.call('post', '/api/v1/tasks').send({ key: 'support-reply', unitType: 'user' }).expect(201);
    const champion = { environment: 'production', model: 'old' };
    await control.call('put', '/api/v1/tasks/support-reply/champion').send(champion).expect(200);
    const made = await control
      .call('post', '/api/v1/api-keys')
      .send({ name: 'a service', role: 'service', environment: 'production' })
      .expect(201);
    serviceKey = made.body.key;
    const { user, password, host, port, database } = control.sql;
    edge = await createEdge(
      Object.assign(new EdgeConfig(), {
        DATABASE_URL: `postgres://${user}:${encodeURIComponent(String(password))}@${host}:${port}/${database}`,
        CONTENDER_EDGE_PORT: 0,
        CONTENDER_DATA_DIR: dataDir,
      }),
    );
    url = `http://127.0.0.1:${await edge.listen()}`;
  });

  afterAll(async () => {
    await edge.close();
    await control.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('follows a new champion to the next answer', async () => {
    expect((await assign('user-1', {})).assignments[0]).toMatchObject({
      model: { key: 'old' },
      reason: 'DEFAULT',
    });
    const before = (await explain('user-1').expect(200)).body.rulesetVersion;
    const champion = { environment: 'production', model: 'new' };
    await control.call('put', '/api/v1/tasks/support-reply/champion').send(champion).expect(200);
    await followed(before + 1);
    expect((await assign('user-1', {})).assignments[0]).toMatchObject({
      model: { key: 'new' },
      reason: 'DEFAULT',
    });
  });

  it('says for every unit what the edge does, in words, and records nothing', async () => {
    const { body: newest } = await explain('user-1').expect(200);
    const { rows } = await control.sql.query<{ body: string }>(
      `SELECT body FROM rulesets WHERE environment = 'production' AND version = $1`,
      [newest.rulesetVersion],
    );
    const ruleset = JSON.parse(rows[0]!.body) as Ruleset;
    const task = ruleset.tasks['support-reply']!;
    const model = task.champion!;
    const experiment = {
      id: '0190a0c0-0000-7000-8000-000000000001',
      key: 'tone',
      epoch: 1,
      salt: 'experiment:tone:variant',
      assignment: 'platform' as const,
      paused: false,
      ranges: [[0, 2 ** 31]] as const,
      audience: { attribute: 'plan', operator: 'equals', value: 'pro' } as const,
      overrides: {},
      variants: [
        { key: 'a', model, weight: 1, control: true },
        { key: 'b', model, weight: 1, control: false },
      ],
    };
    const version = newest.rulesetVersion + 1;
    const body = { ...ruleset, version, tasks: { 'support-reply': { ...task, experiments: [experiment] } } };
    await control.sql.query(
      `INSERT INTO rulesets (environment, version, format, digest, body, cause, published_at)
       VALUES ('production', $1, 1, 'of a test', $2, 'a test', now())`,
      [version, JSON.stringify(body)],
    );
    await followed(version);

    const before = await control.rowCounts();
    const reasons = new Set<string>();
    for (let n = 0; n < 40; n += 1) {
      const attributes = n % 2 ? { plan: 'pro' } : {};
      const [act] = (await assign(`user-${n}`, attributes)).assignments;
      const { body: said } = await explain(`user-${n}`, n % 2 ? '&attr.plan=pro' : '').expect(200);
      expect([said.variant, said.reason, said.model.key]).toEqual([
        act!.variant,
        act!.reason,
        act!.model!.key,
      ]);
      expect(said.steps.at(-1)).toMatchObject({ outcome: 'answered' });
      reasons.add(said.reason);
    }
    expect([...reasons].sort()).toEqual(['DEFAULT', 'SPLIT']);
    expect(await control.rowCounts()).toEqual(before);
  });

  it.each([
    ['/api/v1/tasks/nope/explain?unit=u&environment=production', 404, 'TASK_UNKNOWN'],
    ['/api/v1/tasks/support-reply/explain?unit=u&environment=nowhere', 404, 'ENVIRONMENT_UNKNOWN'],
    ['/api/v1/tasks/support-reply/explain?unit=u', 400, 'VALIDATION_FAILED'],
    ['/api/v1/tasks/support-reply/explain?environment=production&plan=pro', 400, 'VALIDATION_FAILED'],
  ])('refuses %s', async (address, status, code) => {
    const answer = await control.call('get', address).expect(status);
    expect(answer.body).toMatchObject({ code });
  });
});
