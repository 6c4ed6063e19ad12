import { readArguments, USAGE, type Asked } from './arguments.js';
import { Pool } from './pool.js';
import { runRecorded } from './recorded/recorded.command.js';
import { runRamp } from './ramp/ramp.command.js';
import { linesOf, totalLine } from './report.js';
import { runBars, type RowResult } from './run-bars.js';
import { runStreams, type StreamsOutcome } from './run-streams.js';

/**
 * `simulate NAME|all`, `simulate ramp`, `simulate recorded DIR`, `simulate --streams DIR`: the Monte-Carlo bars, one line per row, and outside streams, one line per
 * metric; exit 0 only when everything passes, 2 when called wrongly.
 */
export async function run(argv: string[]): Promise<number> {
  if (argv[0] === 'ramp') return runRamp(argv.slice(1));
  if (argv[0] === 'recorded') return runRecorded(argv.slice(1));
  const asked = readArguments(argv);
  if (typeof asked === 'string') {
    console.error(`${asked}\n${USAGE}`);
    return 2;
  }
  const started = performance.now();
  // With --json the answer alone goes to stdout; who waits can watch stderr.
  const print = (line: string): void => (asked.json ? console.error(line) : console.log(line));
  const streams =
    asked.streams && (await runStreams(asked.streams.directory, asked.streams.plannedUnits, print));
  if (streams && 'error' in streams) {
    console.error(streams.error);
    return 2;
  }
  const results = await runRows(asked, print);
  const ok = results.every(({ pass }) => pass) && (streams?.pass ?? true);
  const seconds = (performance.now() - started) / 1000;
  conclude(asked, { ok, seconds, results, ...(streams && { streams: streams.results }) });
  return ok ? 0 : 1;
}

async function runRows(
  { rows, options, threads }: Asked,
  print: (line: string) => void,
): Promise<RowResult[]> {
  if (rows.length === 0) return [];
  const pool = new Pool(threads);
  const results: RowResult[] = [];
  try {
    for await (const result of runBars(rows, pool, options)) {
      results.push(result);
      linesOf(result).forEach(print);
    }
  } finally {
    await pool.close();
  }
  return results;
}

function conclude(
  { json, rows, options }: Asked,
  {
    ok,
    seconds,
    results,
    streams,
  }: {
    ok: boolean;
    seconds: number;
    results: readonly RowResult[];
    streams?: Extract<StreamsOutcome, { results: unknown }>['results'];
  },
): void {
  if (json) console.log(JSON.stringify({ ok, seed: options.seed, seconds, rows: results, streams }));
  else if (rows.length > 0) console.log(totalLine(results, seconds));
}
