import { parseArgs } from 'node:util';
import type { BenchOptions, BenchResult } from './measure.js';

type Bench = (options: BenchOptions) => AsyncIterable<BenchResult> | Iterable<BenchResult>;

/** Loaded when asked for: a bench may bring peers that nothing else needs. */
const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  eval: async () => (await import('./eval/eval.bench.js')).evalBenches,
  http: async () => (await import('./http/http.bench.js')).httpBenches,
  swap: async () => (await import('./http/swap.bench.js')).swapBenches,
  outage: async () => (await import('./http/outage.bench.js')).outageBenches,
  ingest: async () => (await import('./ingest/ingest.bench.js')).ingestBenches,
  results: async () => (await import('./results/results.bench.js')).resultsBenches,
  stats: async () => (await import('./stats/stats.bench.js')).statsBenches,
};

const USAGE = `usage: npm run bench -- NAME|all [--events N, for ingest and results]\nbenches: ${Object.keys(BENCHES).join(', ')}`;

/** `bench NAME|all`: one JSON line per figure; exit 2 when called wrongly. */
export async function run(argv: string[]): Promise<number> {
  let names: string[];
  let events: number | undefined;
  try {
    const { positionals, values } = parseArgs({
      args: argv,
      options: { json: { type: 'boolean' }, events: { type: 'string' } },
      allowPositionals: true,
    });
    names = positionals;
    events = values.events === undefined ? undefined : Number(values.events);
    if (events !== undefined && !(Number.isInteger(events) && events > 0))
      throw new Error('--events is a count');
  } catch (error) {
    console.error(`${(error as Error).message}\n${USAGE}`);
    return 2;
  }
  const asked = names.includes('all') ? Object.keys(BENCHES) : names;
  const unknown = asked.find((name) => !Object.hasOwn(BENCHES, name));
  if (asked.length === 0 || unknown !== undefined) {
    console.error(unknown === undefined ? USAGE : `There is no bench "${unknown}".\n${USAGE}`);
    return 2;
  }
  for (const name of asked) {
    const bench = await BENCHES[name]!();
    for await (const result of bench({ events })) console.log(JSON.stringify(result));
  }
  return 0;
}
