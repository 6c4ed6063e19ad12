import { parseArgs } from 'node:util';
import type { BenchResult } from './measure.js';

type Bench = () => AsyncIterable<BenchResult> | Iterable<BenchResult>;

/** Loaded when asked for: a bench may bring peers that nothing else needs. */
const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  eval: async () => (await import('./eval/eval.bench.js')).evalBenches,
  http: async () => (await import('./http/http.bench.js')).httpBenches,
  swap: async () => (await import('./http/swap.bench.js')).swapBenches,
  outage: async () => (await import('./http/outage.bench.js')).outageBenches,
  stats: async () => (await import('./stats/stats.bench.js')).statsBenches,
};

const USAGE = `usage: npm run bench -- NAME|all\nbenches: ${Object.keys(BENCHES).join(', ')}`;

/** `bench NAME|all`: one JSON line per figure; exit 2 when called wrongly. */
export async function run(argv: string[]): Promise<number> {
  let names: string[];
  try {
    names = parseArgs({
      args: argv,
      options: { json: { type: 'boolean' } },
      allowPositionals: true,
    }).positionals;
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
    for await (const result of bench()) console.log(JSON.stringify(result));
  }
  return 0;
}
