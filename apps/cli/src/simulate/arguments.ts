import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { BARS, type Bar, type Row } from '@app/simulation';
import { NAMED_BARS } from './bars.js';
import type { RunOptions } from './run-bars.js';

/** Public seed: what runs when none is given. */
const DEFAULT_SEED = 20_260_101;
/** N* of a stream whose plan nobody gave (`--planned-units`). */
const DEFAULT_PLANNED_UNITS = 5_000;

export const USAGE = `usage: npm run simulate -- NAME|all [--replicates R] [--seed S] [--row TEXT] [--quick] [--threads N] [--json]
       npm run simulate -- ramp [--lives L] [--postgres P] [--seed S] [--life N] [--json]
       npm run simulate -- recorded DIR [--json]
       npm run simulate -- [NAME] --streams DIR [--planned-units N] [--json]
bars: ${NAMED_BARS.map((bar) => bar.id).join(', ')} (several with commas; all is those of the statistics)`;

/** What a call asks for. */
export interface Asked {
  readonly rows: ReadonlyArray<{ bar: Bar; row: Row }>;
  readonly options: RunOptions;
  readonly threads: number;
  readonly json: boolean;
  readonly streams?: { readonly directory: string; readonly plannedUnits: number };
}

/** What the words mean, or what is wrong with them. */
export function readArguments(argv: string[]): Asked | string {
  try {
    const { values, positionals } = parseArgs({
      args: argv,
      options: {
        replicates: { type: 'string' },
        seed: { type: 'string', default: String(DEFAULT_SEED) },
        streams: { type: 'string' },
        'planned-units': { type: 'string', default: String(DEFAULT_PLANNED_UNITS) },
        row: { type: 'string', default: '' },
        quick: { type: 'boolean', default: false },
        threads: { type: 'string', default: String(availableParallelism()) },
        json: { type: 'boolean', default: false },
      },
      allowPositionals: true,
    });
    const names = positionals.flatMap((name) => name.split(',')).filter((name) => name !== '');
    const unknown = names.find((name) => name !== 'all' && !NAMED_BARS.some((bar) => sameName(bar.id, name)));
    if (unknown !== undefined) return `There is no bar "${unknown}".`;
    if (names.length === 0 && values.streams === undefined) return 'Name a bar, or all.';
    const rows = rowsOf(names, values.row);
    if (names.length > 0 && rows.length === 0) return `No row has "${values.row}" in its name.`;
    return {
      rows,
      options: {
        seed: whole('seed', values.seed, 0),
        quick: values.quick,
        ...(values.replicates !== undefined && { replicates: whole('replicates', values.replicates, 1) }),
      },
      threads: whole('threads', values.threads, 1),
      json: values.json,
      ...(values.streams !== undefined && {
        streams: {
          directory: values.streams,
          plannedUnits: whole('planned-units', values['planned-units'], 1),
        },
      }),
    };
  } catch (error) {
    return (error as Error).message;
  }
}

function rowsOf(names: readonly string[], text: string): Asked['rows'] {
  return NAMED_BARS.filter((bar) =>
    names.some((name) => sameName(bar.id, name) || (name === 'all' && BARS.includes(bar))),
  )
    .flatMap((bar) => bar.rows.map((row) => ({ bar, row })))
    .filter(({ row }) => row.name.includes(text));
}

const sameName = (id: string, name: string): boolean => id.toLowerCase() === name.toLowerCase();

function whole(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least)
    throw new Error(`--${name} takes a whole number from ${least}, not "${text}".`);
  return value;
}
