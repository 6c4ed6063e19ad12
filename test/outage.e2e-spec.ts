import type { AssignmentsResponse } from '@app/wire';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Client } from 'pg';
import { ApiClient } from '../apps/cli/src/client/api-client.js';
import { type Stack, startStack } from '../apps/cli/src/start/stack.js';
import { until } from './support/edge-world.js';

const WITNESSES = 200;
const NEWCOMERS = 60;
/** Beside the one that is asked: a change is to be a small part of the rules. */
const OTHER_TASKS = 15;

/**
 * The database stopped under the built program: answers stay what they were, an edge that is killed meanwhile comes back
 * from its disk, keys and all, and what was exposed meanwhile is counted once afterwards. A minute of it under load:
 * `npm run bench -- outage`.
 */
describe('an edge whose database is stopped', () => {
  let stack: Stack;
  let edge: ApiClient;

  beforeAll(async () => {
    stack = await startStack();
    const control = new ApiClient(stack.controlUrl, stack.adminKey);
    const { key } = await control.post<{ key: string }>('/api/v1/api-keys', {
      name: 'outage test',
      environment: 'production',
      role: 'service',
    });
    edge = new ApiClient(stack.edgeUrl, key);
    await setUp(control);
    await until(
      () => ask('first', { expose: false }).catch(() => null),
      (answer) => answer?.assignments[0]?.reason === 'SPLIT',
    );
    // What changes from here on is in the log beside the snapshot on disk.
    for (const model of ['new', 'old']) {
      const { rulesetVersion } = await ask('first', { expose: false });
      await control.put('/api/v1/tasks/other-1/champion', { environment: 'production', model });
      await until(
        () => ask('first', { expose: false }),
        (answer) => answer.rulesetVersion > rulesetVersion,
      );
    }
    const { rulesetVersion } = await ask('first', { expose: false });
    await until(logged, (log) => log.includes(`\\"version\\":${rulesetVersion},`));
  }, 180_000);

  afterAll(async () => {
    await stack?.stop();
  }, 60_000);

  const ask = (unit: string, more: object = {}): Promise<AssignmentsResponse> =>
    edge.post<AssignmentsResponse>('/api/v1/assignments', { unit, tasks: ['reply'], ...more });

  const logged = async (): Promise<string> => {
    const file = path.join(stack.dataDir, 'edge', 'snapshot.log');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  };

  /** Whom each witness gets, and why, without what differs from answer to answer. */
  const witnessed = async (): Promise<unknown[]> => {
    const answers: unknown[] = [];
    for (let unit = 0; unit < WITNESSES; unit += 1) {
      const { assignments, rulesetVersion } = await ask(`witness-${unit}`, { expose: false });
      answers.push([rulesetVersion, assignments.map(({ assignmentId: _, ...rest }) => rest)]);
    }
    return answers;
  };

  it('answers as before, also after it was killed, and records afterwards what it exposed meanwhile', async () => {
    const before = await witnessed();
    const arms = new Set(before.map((one) => JSON.stringify(one)));
    expect(arms.size).toBe(2);
    await stack.stopPostgres();
    expect(await witnessed()).toEqual(before);

    const killed = stack.processes.edge;
    stack.kill('edge', 'SIGKILL');
    await until(
      async () => stack.processes.edge,
      (pid) => pid !== undefined && pid !== killed,
    );
    await until(
      () => ask('first', { expose: false }).catch(() => null),
      (answer) => answer !== null,
    );
    expect(await witnessed()).toEqual(before);
    for (let unit = 0; unit < NEWCOMERS; unit += 1) {
      await ask(`newcomer-${unit}`);
      await ask(`newcomer-${unit}`);
    }

    await stack.startPostgres();
    const database = new Client({ connectionString: stack.databaseUrl });
    await database.connect();
    const { rows } = await until(
      () =>
        database.query<{ rows: number; units: number }>(
          `SELECT count(*)::int AS rows, count(DISTINCT unit)::int AS units
           FROM events WHERE type = 'exposure' AND unit LIKE 'newcomer-%'`,
        ),
      (result) => result.rows[0]!.units === NEWCOMERS,
    );
    expect(rows).toEqual([{ rows: NEWCOMERS, units: NEWCOMERS }]);
    expect(await witnessed()).toEqual(before);
    await database.end();
  }, 180_000);
});

async function setUp(control: ApiClient): Promise<void> {
  for (const key of ['old', 'new'])
    await control.post('/api/v1/models', { key, provider: 'test', name: key });
  await control.post('/api/v1/tasks', { key: 'reply', name: 'Reply', unitType: 'user' });
  for (let other = 1; other <= OTHER_TASKS; other += 1)
    await control.post('/api/v1/tasks', { key: `other-${other}`, name: 'Other', unitType: 'user' });
  await control.post('/api/v1/metrics', {
    key: 'good',
    name: 'Good answers',
    kind: 'proportion',
    direction: 'increase',
  });
  await control.put('/api/v1/tasks/reply/champion', { environment: 'production', model: 'old' });
  await control.post('/api/v1/experiments', {
    key: 'tone',
    name: 'Tone',
    task: 'reply',
    environment: 'production',
    hypothesis: 'Nobody notices',
    variants: [
      { key: 'old', model: 'old', weight: 1, control: true },
      { key: 'new', model: 'new', weight: 1, control: false },
    ],
    trafficShare: 1,
    metrics: [{ metric: 'good', role: 'success', mde: { value: 0.05, type: 'relative' } }],
    plan: { method: 'sequential', alpha: 0.05, power: 0.8, plannedUnits: 10_000, minDays: 7 },
  });
  await control.post('/api/v1/experiments/tone/start');
}
