import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { BARS, type Bar, type Row } from '@app/simulation';
import { Pool } from './pool.js';
import { linesOf, totalLine } from './report.js';
import { runBars, type RowResult, type RunOptions } from './run-bars.js';

/** Public seed: what runs when none is given. */
const DEFAULT_SEED = 20_260_101;

const USAGE = `usage: npm run simulate -- NAME|all [--replicates R] [--seed S] [--streams DIR] [--row TEXT] [--quick] [--threads N] [--json]
bars: ${BARS.map((bar) => bar.id).join(', ')}`;

interface Asked {
  readonly rows: ReadonlyArray<{ bar: Bar; row: Row }>;
  readonly options: RunOptions;
  readonly threads: number;
  readonly json: boolean;
}

/**
 * `simulate NAME|all`: the Monte-Carlo bars, one line per row; exit 0 only when every row passes, 2 when called wrongly.
 */
export async function run(argv: string[]): Promise<number> {
  const asked = read(argv);
  if (typeof asked === 'string') {
    console.error(`${asked}\n${USAGE}`);
    return 2;
  }
  return simulate(asked);
}

async function simulate({ rows, options, threads, json }: Asked): Promise<number> {
  const started = performance.now();
  const pool = new Pool(threads);
  const results: RowResult[] = [];
  try {
    for await (const result of runBars(rows, pool, options)) {
      results.push(result);
      for (const line of linesOf(result)) (json ? console.error : console.log)(line);
    }
  } finally {
    await pool.close();
  }
  const ok = results.length > 0 && results.every(({ pass }) => pass);
  const seconds = (performance.now() - started) / 1000;
  if (json) console.log(JSON.stringify({ ok, seed: options.seed, seconds, rows: results }));
  else console.log(totalLine(results, seconds));
  return ok ? 0 : 1;
}

/** What the words mean, or what is wrong with them. */
function read(argv: string[]): Asked | string {
  try {
    const { values, positionals } = parseArgs({
      args: argv,
      options: {
        replicates: { type: 'string' },
        seed: { type: 'string', default: String(DEFAULT_SEED) },
        row: { type: 'string', default: '' },
        quick: { type: 'boolean', default: false },
        threads: { type: 'string', default: String(availableParallelism()) },
        json: { type: 'boolean', default: false },
      },
      allowPositionals: true,
    });
    const names = positionals.flatMap((name) => name.split(',')).filter((name) => name !== '');
    const unknown = names.find((name) => name !== 'all' && !BARS.some((bar) => sameName(bar.id, name)));
    if (unknown !== undefined) return `There is no bar "${unknown}".`;
    if (names.length === 0) return 'Name a bar, or all.';
    const rows = BARS.filter((bar) => names.some((name) => name === 'all' || sameName(bar.id, name)))
      .flatMap((bar) => bar.rows.map((row) => ({ bar, row })))
      .filter(({ row }) => row.name.includes(values.row));
    if (rows.length === 0) return `No row has "${values.row}" in its name.`;
    return {
      rows,
      options: {
        seed: whole('seed', values.seed, 0),
        quick: values.quick,
        ...(values.replicates !== undefined && { replicates: whole('replicates', values.replicates, 1) }),
      },
      threads: whole('threads', values.threads, 1),
      json: values.json,
    };
  } catch (error) {
    return (error as Error).message;
  }
}

const sameName = (id: string, name: string): boolean => id.toLowerCase() === name.toLowerCase();

function whole(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least)
    throw new Error(`--${name} takes a whole number from ${least}, not "${text}".`);
  return value;
}
