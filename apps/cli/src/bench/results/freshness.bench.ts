import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { ApiClient } from '../../client/api-client.js';
import { type Stack, startStack } from '../../start/stack.js';
import { setUp } from '../ingest/ingest.bench.js';
import { BatchTemplate } from '../ingest/batches.js';
import { BatchLoad } from '../ingest/load.js';
import type { BenchResult } from '../measure.js';

const EVENTS = 1000;
const CONNECTIONS = 8;
const BATCHES = 60;
const FOR_MS = 20_000;
const PROBE_EVERY_MS = 250;

/**
 * How long an acknowledged event takes until it is in the statistics, at half of what the whole stack takes in and counts
 * flat out.
 */
export async function* freshnessBench(): AsyncGenerator<BenchResult> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'contender-bench-'));
  const stack = await startStack({ dataDir });
  const database = new Client({ connectionString: stack.databaseUrl });
  try {
    await database.connect();
    const key = await setUp(stack);
    await counted(database);
    const load = new BatchLoad({ edgeUrl: stack.edgeUrl, key });
    const template = new BatchTemplate(EVENTS, 'fresh');
    const began = performance.now();
    await load.flatOut(
      Array.from({ length: BATCHES }, () => template.fill()),
      EVENTS,
      CONNECTIONS,
    );
    await counted(database);
    const pace = ((BATCHES * EVENTS) / (performance.now() - began)) * 500;
    const [lags] = await Promise.all([
      probe(stack, key, database),
      load.atPace(() => template.fill(), EVENTS, pace, FOR_MS),
    ]);
    load.close();
    lags.sort((a, b) => a - b);
    for (const [name, at] of [
      ['half', 0.5],
      ['99 %', 0.99],
    ] as const) {
      yield {
        name: `results: ${name} of acknowledged events are in the statistics within, at half load (${Math.round(pace)} events/s)`,
        figure: Math.round(lags[Math.min(lags.length - 1, Math.floor(at * lags.length))]!),
        unit: 'ms',
        ratio: null,
        against: null,
        bar: at === 0.5 ? null : '<= 2000 ms',
      };
    }
  } finally {
    await database.end().catch(() => undefined);
    await stack.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Sends single events between the others. @returns milliseconds from each acknowledgement until it was counted */
async function probe({ edgeUrl }: Stack, key: string, database: Client): Promise<number[]> {
  const edge = new ApiClient(edgeUrl, key);
  const lags: number[] = [];
  const until = performance.now() + FOR_MS;
  for (let n = 0; performance.now() < until; n += 1) {
    const unit = `probe-${n}`;
    const at = new Date().toISOString();
    const variant = n % 2 === 0 ? 'old' : 'new';
    await edge.post('/api/v1/events', {
      events: [
        { id: `probe-x-${n}`, type: 'exposure', at, experiment: 'bench', variant, unit },
        { id: `probe-o-${n}`, type: 'outcome', at, task: 'reply', metric: 'quality', value: 0.5, unit },
      ],
    });
    const acknowledged = performance.now();
    // Rows and statistics of a unit are written in one transaction: where one is, the other is.
    for (;;) {
      const { rows } = await database.query('SELECT FROM unit_metrics WHERE unit = $1', [unit]);
      if (rows.length > 0) break;
      await sleep(10);
    }
    lags.push(performance.now() - acknowledged);
    await sleep(PROBE_EVERY_MS);
  }
  return lags;
}

async function counted(database: Client): Promise<void> {
  for (;;) {
    const { rows } = await database.query<{ left: boolean }>(
      'SELECT EXISTS (SELECT FROM pending_units) OR EXISTS (SELECT FROM dirty_buckets) AS left',
    );
    if (!rows[0]!.left) return;
    await sleep(25);
  }
}
