import { chunksOf, judgeRun, rerunOf, type Bar, type Row, type Run } from '@app/simulation';
import type { Done, Pool } from './pool.js';

/** A row with all its runs; the last one decides. */
export interface RowResult {
  readonly bar: string;
  readonly row: string;
  /** Empty where the row could not be run. */
  readonly runs: readonly Run[];
  /** Busy seconds over all threads. */
  readonly seconds: number;
  readonly pass: boolean;
  /** Why there is no run, or no second one. */
  readonly error?: string;
}

export interface RunOptions {
  readonly seed: number;
  /** In place of each row's own number. */
  readonly replicates?: number;
  readonly quick: boolean;
}

/** Replicates of a row under the options; 0 leaves the row out. */
export function replicatesOf(row: Row, { replicates, quick }: RunOptions): number {
  const own = quick ? row.replicates.quick : row.replicates.full;
  return own === 0 ? 0 : (replicates ?? own);
}

/**
 * Runs rows on the pool, the next one beginning while the last chunks of one are still running, and yields results in
 * the order of the rows.
 */
export async function* runBars(
  rows: ReadonlyArray<{ bar: Bar; row: Row }>,
  pool: Pick<Pool, 'run'>,
  options: RunOptions,
): AsyncGenerator<RowResult> {
  const due = rows.filter(({ row }) => replicatesOf(row, options) > 0);
  const started = new Map<number, Promise<RowResult>>();
  for (let i = 0; i < due.length; i++) {
    for (const ahead of [i, i + 1])
      if (due[ahead] && !started.has(ahead))
        started.set(ahead, runOne(due[ahead], replicatesOf(due[ahead].row, options), pool, options.seed));
    yield await started.get(i)!;
    started.delete(i);
  }
}

async function runOne(
  { bar, row }: { bar: Bar; row: Row },
  replicates: number,
  pool: Pick<Pool, 'run'>,
  seed: number,
): Promise<RowResult> {
  const runs: Run[] = [];
  let seconds = 0;
  const run = async (at: { seed: number; replicates: number }): Promise<void> => {
    const done: Done[] = await Promise.all(
      chunksOf(at.replicates).map((chunk) => pool.run({ bar: bar.id, row: row.name, seed: at.seed, chunk })),
    );
    seconds += done.reduce((sum, part) => sum + part.seconds, 0);
    runs.push(
      judgeRun(
        row,
        at.seed,
        done.map(({ tallied }) => tallied),
      ),
    );
  };
  const result = (error?: string): RowResult => ({
    bar: bar.id,
    row: row.name,
    runs,
    seconds,
    pass: error === undefined && runs.at(-1)!.judgement.pass,
    ...(error !== undefined && { error }),
  });
  try {
    await run({ seed, replicates });
    const again = rerunOf(runs[0]!);
    if (again) await run(again);
    return result();
  } catch (error) {
    return result((error as Error).message);
  }
}
