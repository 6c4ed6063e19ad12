import { Client } from 'pg';
import { ApiClient, ApiError } from '../apps/cli/src/client/api-client.js';
import { type Stack, startStack } from '../apps/cli/src/start/stack.js';

/**
 * kill -9 of every process while a service keeps sending. What was acknowledged must be there exactly once, and the
 * statistics must say the same as a count by hand.
 */
describe('a stack whose processes are killed', () => {
  let stack: Stack;
  let control: ApiClient;
  let edge: ApiClient;
  let database: Client;

  beforeAll(async () => {
    stack = await startStack({ workers: 2 });
    control = new ApiClient(stack.controlUrl, stack.adminKey);
    const { key } = await control.post<{ key: string }>('/api/v1/api-keys', {
      name: 'crash test',
      environment: 'production',
      role: 'service',
    });
    edge = new ApiClient(stack.edgeUrl, key);
    await setUp(control);
    await eventually(() =>
      edge.post('/api/v1/assignments', { unit: 'first', tasks: ['crash'], expose: false }),
    );
  }, 120_000);

  afterAll(async () => {
    await database?.end().catch(() => undefined);
    await stack?.stop();
  }, 60_000);

  it('loses nothing it acknowledged and counts nothing twice', async () => {
    const acknowledged = new Map<string, { unit: string; variant: string; value: number }>();
    const sender = new Sender(edge, acknowledged);
    for (const name of ['edge', 'worker', 'worker-2', 'control', 'postgres']) {
      const before = acknowledged.size;
      const sending = sender.sendUntilStopped();
      await until(() => acknowledged.size > before);
      stack.kill(name, 'SIGKILL');
      // The service goes on trying with the same ids until the stack is whole again and took something new.
      const killedAt = acknowledged.size;
      await until(() => acknowledged.size > killedAt + 200, 60_000);
      sender.stop();
      await sending;
      await stack.ready();
    }
    database = new Client({ connectionString: stack.databaseUrl });
    await database.connect();
    await until(async () => (await count(database, 'SELECT count(*) FROM pending_units')) === 0, 60_000);
    await until(async () => (await count(database, 'SELECT count(*) FROM dirty_buckets')) === 0, 60_000);

    const stored = await database.query<{ id: string; copies: string }>(
      `SELECT id, count(*) AS copies FROM events WHERE type = 'outcome' GROUP BY id`,
    );
    const copies = new Map(stored.rows.map((row) => [row.id, Number(row.copies)]));
    const lost = [...acknowledged.keys()].filter((id) => !copies.has(id));
    const doubled = [...copies].filter(([, times]) => times > 1);
    expect(lost).toEqual([]);
    expect(doubled).toEqual([]);

    const statistics = await database.query<{ n: string; total: number }>(
      `SELECT sum(n) AS n, sum(n * mean) AS total FROM metric_statistics`,
    );
    const recount = await database.query<{ n: string; total: number }>(
      `SELECT count(*) AS n, sum(value) AS total FROM (SELECT unit, max(value) AS value FROM events
       WHERE type = 'outcome' GROUP BY unit) units`,
    );
    expect(Number(statistics.rows[0]!.n)).toBe(Number(recount.rows[0]!.n));
    expect(statistics.rows[0]!.total).toBeCloseTo(recount.rows[0]!.total, 6);
    expect(Number(recount.rows[0]!.n)).toBeGreaterThan(1_000);
  }, 300_000);
});

/** A calling service: batches of scores for fresh units, retried with the same ids until they are acknowledged. */
class Sender {
  private next = 0;
  private running = false;

  constructor(
    private readonly edge: ApiClient,
    private readonly acknowledged: Map<string, { unit: string; variant: string; value: number }>,
  ) {}

  stop(): void {
    this.running = false;
  }

  async sendUntilStopped(): Promise<void> {
    this.running = true;
    while (this.running) {
      const batch = Array.from({ length: 50 }, () => this.unit());
      const at = new Date().toISOString();
      const events = batch.flatMap(({ unit, variant, value }) => [
        { id: `exposure-${unit}`, type: 'exposure', task: 'crash', experiment: 'crash', unit, variant, at },
        { id: `outcome-${unit}`, type: 'outcome', task: 'crash', unit, metric: 'good', value, at },
      ]);
      await this.deliver(events);
      for (const entry of batch) this.acknowledged.set(`outcome-${entry.unit}`, entry);
    }
  }

  private unit(): { unit: string; variant: string; value: number } {
    this.next += 1;
    return {
      unit: `u${this.next}`,
      variant: this.next % 2 === 0 ? 'old' : 'new',
      value: this.next % 3 === 0 ? 1 : 0,
    };
  }

  private async deliver(events: object[]): Promise<void> {
    for (;;) {
      try {
        const answer = await this.edge.post<{ rejected: unknown[] }>('/api/v1/events', { events });
        expect(answer.rejected).toEqual([]);
        return;
      } catch (error) {
        // A refusal that is not "try again" is a defect; a broken connection or a 503 is what this test is about.
        if (error instanceof ApiError && error.status !== 503) throw error;
        await pause(50);
      }
    }
  }
}

async function setUp(control: ApiClient): Promise<void> {
  for (const key of ['old', 'new'])
    await control.post('/api/v1/models', { key, provider: 'test', name: key });
  await control.post('/api/v1/tasks', { key: 'crash', name: 'Crash', unitType: 'user' });
  await control.post('/api/v1/metrics', {
    key: 'good',
    name: 'Good answers',
    kind: 'proportion',
    direction: 'increase',
  });
  await control.put('/api/v1/tasks/crash/champion', { environment: 'production', model: 'old' });
  await control.post('/api/v1/experiments', {
    key: 'crash',
    name: 'Crash',
    task: 'crash',
    environment: 'production',
    hypothesis: 'Nothing is lost',
    assignment: 'given',
    variants: [
      { key: 'old', model: 'old', weight: 1, control: true },
      { key: 'new', model: 'new', weight: 1, control: false },
    ],
    trafficShare: 1,
    metrics: [{ metric: 'good', role: 'success', mde: { value: 0.05, type: 'relative' } }],
    plan: { method: 'sequential', alpha: 0.05, power: 0.8, plannedUnits: 10_000, minDays: 7 },
  });
  await control.post('/api/v1/experiments/crash/start');
}

async function count(database: Client, sql: string): Promise<number> {
  const { rows } = await database.query<{ count: string }>(sql);
  return Number(rows[0]!.count);
}

async function until(condition: () => boolean | Promise<boolean>, withinMs = 30_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited ${withinMs} ms for ${condition.toString()}`);
    await pause(25);
  }
}

async function eventually<T>(work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await pause(50);
    }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
