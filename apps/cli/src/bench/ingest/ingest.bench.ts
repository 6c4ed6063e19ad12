import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { ApiClient } from '../../client/api-client.js';
import { type Stack, startStack } from '../../start/stack.js';
import { type BenchOptions, type BenchResult, median } from '../measure.js';
import { BatchTemplate, UNITS, unitName } from './batches.js';
import { bareInserts, binaryCopies } from './floors.js';
import { BatchLoad } from './load.js';

const ROUNDS = 5;
/** Batches of a thousand events in a round of each. */
const BATCHES = 60;
const EVENTS = 1000;
const CONNECTIONS = 8;
/** Events of a batch whose acknowledgement is timed: of a hundred batches of a thousand the slowest would be all of p99. */
const PACED_EVENTS = 100;
const PACE_MS = 15_000;
const DEFAULT_EVENTS = 300_000;

/**
 * Events through HTTP into durable rows: the whole stack with one edge, one worker that counts meanwhile and a database
 * that syncs, against bare inserts into the same tables by four connections, in turn.
 */
export async function* ingestBenches({ events = DEFAULT_EVENTS }: BenchOptions): AsyncGenerator<BenchResult> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'contender-bench-'));
  const stack = await startStack({ dataDir });
  const clients: Client[] = [];
  try {
    const load = new BatchLoad({ edgeUrl: stack.edgeUrl, key: await setUp(stack) });
    for (let n = 0; n < 4; n += 1) {
      const client = new Client({ connectionString: stack.databaseUrl });
      client.on('error', () => undefined);
      await client.connect();
      clients.push(client);
    }
    yield* throughput(stack, load, clients);
    yield* memory(stack, load, events);
    load.close();
  } finally {
    for (const client of clients) await client.end().catch(() => undefined);
    await stack.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function* throughput(stack: Stack, load: BatchLoad, clients: Client[]): AsyncGenerator<BenchResult> {
  const template = new BatchTemplate(EVENTS, 'ours');
  const rounds: Array<{ ours: number; counted: number; inserts: number; copies: number }> = [];
  // The first one warms up.
  for (let round = 0; round <= ROUNDS; round += 1) {
    const inserts = await bareInserts(clients, `insert${round}`, BATCHES);
    const bodies = Array.from({ length: BATCHES }, () => template.fill());
    const began = performance.now();
    const ours = await load.flatOut(bodies, EVENTS, CONNECTIONS);
    await counted(clients[0]!);
    const all = ((BATCHES * EVENTS) / (performance.now() - began)) * 1000;
    const copies = await binaryCopies(clients, `copy${round}`, BATCHES);
    if (round > 0) rounds.push({ ours, counted: all, inserts, copies });
  }
  const of = (value: (round: (typeof rounds)[number]) => number): number => median(rounds.map(value));
  const against = (
    name: string,
    figure: (round: (typeof rounds)[number]) => number,
    peer: (round: (typeof rounds)[number]) => number,
    more: Pick<BenchResult, 'against' | 'bar'>,
  ): BenchResult => {
    const ratios = rounds.map((round) => figure(round) / peer(round));
    return {
      name,
      figure: Math.round(of(figure)),
      unit: 'events/s',
      ratio: median(ratios),
      spread: [Math.min(...ratios), Math.max(...ratios)],
      ...more,
    };
  };
  const bare = 'bare INSERT … SELECT unnest … ON CONFLICT DO NOTHING on 4 connections';
  yield against(
    'ingest: acknowledged, worker counting meanwhile',
    (r) => r.ours,
    (r) => r.inserts,
    {
      against: bare,
      bar: '>= 0.5',
    },
  );
  yield against(
    'ingest: acknowledged, worker counting meanwhile',
    (r) => r.ours,
    (r) => r.copies,
    {
      against: 'binary COPY on 4 connections',
      bar: '>= 0.2 (goal)',
    },
  );
  yield against(
    'ingest: acknowledged and in the statistics',
    (r) => r.counted,
    (r) => r.inserts,
    {
      against: bare,
      bar: null,
    },
  );
  const pace = of((round) => round.ours) / 2;
  const paced = new BatchTemplate(PACED_EVENTS, 'paced');
  const latencies = (await load.atPace(() => paced.fill(), PACED_EVENTS, pace, PACE_MS)).sort(
    (a, b) => a - b,
  );
  yield {
    name: `ingest: p99 acknowledgement at half that rate (${Math.round(pace)} events/s, batches of ${PACED_EVENTS})`,
    figure: latencies[Math.min(latencies.length - 1, Math.floor(0.99 * latencies.length))]!,
    unit: 'ms',
    ratio: null,
    against: null,
    bar: '<= 100 ms',
  };
}

/** The edge's resident memory while many events pass through it. */
async function* memory(stack: Stack, load: BatchLoad, events: number): AsyncGenerator<BenchResult> {
  const template = new BatchTemplate(EVENTS, 'memory');
  const batches = Math.ceil(events / EVENTS);
  const samples: number[] = [];
  const slice = Math.max(CONNECTIONS, Math.floor(batches / 40));
  for (let sent = 0; sent < batches; sent += slice) {
    const bodies = Array.from({ length: Math.min(slice, batches - sent) }, () => template.fill());
    await load.flatOut(bodies, EVENTS, CONNECTIONS);
    samples.push(residentMb(stack.processes.edge!));
  }
  const half = samples.length >> 1;
  const early = Math.max(...samples.slice(0, half));
  const late = Math.max(...samples.slice(half));
  yield {
    name: `ingest: resident memory of the edge over ${events} events, second half`,
    figure: Math.round(late),
    unit: 'MB',
    ratio: late / early,
    against: 'its first half',
    bar: 'flat',
  };
}

function residentMb(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) / 1024;
}

/** Resolves when everything stored is in the statistics. */
async function counted(database: Client): Promise<void> {
  for (;;) {
    const { rows } = await database.query<{ left: boolean }>(
      'SELECT EXISTS (SELECT FROM pending_units) OR EXISTS (SELECT FROM dirty_buckets) AS left',
    );
    if (!rows[0]!.left) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** An experiment whose units are exposed already, so that each outcome counts. @returns a service key */
export async function setUp(stack: Stack): Promise<string> {
  const control = new ApiClient(stack.controlUrl, stack.adminKey);
  for (const key of ['old', 'new'])
    await control.post('/api/v1/models', { key, provider: 'bench', name: key });
  await control.post('/api/v1/tasks', { key: 'reply', name: 'Reply', unitType: 'user' });
  await control.put('/api/v1/tasks/reply/champion', { environment: 'production', model: 'old' });
  await control.post('/api/v1/metrics', {
    key: 'quality',
    name: 'Quality',
    kind: 'mean',
    direction: 'increase',
  });
  await control.post('/api/v1/experiments', {
    key: 'bench',
    name: 'Bench',
    task: 'reply',
    environment: 'production',
    hypothesis: 'It is quick',
    assignment: 'given',
    variants: [
      { key: 'old', model: 'old', weight: 1, control: true },
      { key: 'new', model: 'new', weight: 1, control: false },
    ],
    trafficShare: 1,
    metrics: [{ metric: 'quality', role: 'success', mde: { value: 0.05, type: 'relative' } }],
    plan: { method: 'sequential', alpha: 0.05, power: 0.8, plannedUnits: 10_000, minDays: 7 },
  });
  await control.post('/api/v1/experiments/bench/start');
  const { key } = await control.post<{ key: string }>('/api/v1/api-keys', {
    name: 'bench',
    environment: 'production',
    role: 'service',
  });
  await expose(new ApiClient(stack.edgeUrl, key));
  return key;
}

async function expose(edge: ApiClient): Promise<void> {
  const at = new Date(Date.now() - 1000).toISOString();
  for (let from = 0; from < UNITS; from += 5000) {
    const events = Array.from({ length: 5000 }, (_, index) => ({
      id: `exposure-${from + index}`,
      type: 'exposure',
      at,
      experiment: 'bench',
      variant: (from + index) % 2 === 0 ? 'old' : 'new',
      unit: unitName(from + index),
    }));
    await edge.post('/api/v1/events', { events });
  }
}
