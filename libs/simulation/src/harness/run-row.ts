import { nextSeed, streamOf } from '../random/stream.js';
import type { Bar, Judgement, Replicate, Row } from './row.js';
import { count, emptyTally, mergeTallies, Tally, type Tallied } from './tally.js';

/** Pieces a run is cut into, whoever does them: the same pieces give the same sums on any number of threads. */
const CHUNKS = 48;
/** How many times more replicates the second run has. */
const RERUN_FACTOR = 4;

/** Replicates `from` … `to` − 1. */
export interface Chunk {
  readonly from: number;
  readonly to: number;
}

/** Cuts a run into chunks that depend on the number of replicates only. */
export function chunksOf(replicates: number): Chunk[] {
  const size = Math.max(1, Math.ceil(replicates / CHUNKS));
  const chunks: Chunk[] = [];
  for (let from = 0; from < replicates; from += size)
    chunks.push({ from, to: Math.min(replicates, from + size) });
  return chunks;
}

/** Counts one chunk. `replicate` is the row's, prepared once per thread. */
export function runChunk(
  { bar, row }: { bar: Bar; row: Row },
  replicate: Replicate,
  seed: number,
  chunk: Chunk,
): Tallied {
  const tallied = emptyTally(row);
  const key = `${bar.id}/${row.name}`;
  for (let i = chunk.from; i < chunk.to; i++) count(tallied, row, replicate(streamOf(seed, key, i), i));
  return tallied;
}

/** One run of a row, judged. */
export interface Run {
  readonly seed: number;
  readonly replicates: number;
  readonly judgement: Judgement;
}

/** Judges the chunks of a run, given in their order. */
export function judgeRun(row: Row, seed: number, parts: readonly Tallied[]): Run {
  const tallied = parts.reduce(mergeTallies, emptyTally(row));
  return {
    seed,
    replicates: tallied.replicates,
    judgement: row.judge(new Tally(row.outputs, tallied)),
  };
}

/** The second run of a row that was outside its band: four times the replicates, another seed; null when none is due. */
export function rerunOf(first: Run): { seed: number; replicates: number } | null {
  if (first.judgement.pass) return null;
  return { seed: nextSeed(first.seed), replicates: RERUN_FACTOR * first.replicates };
}

/** Runs a row on this thread: once, and once more where the first run falls outside its band. The last run decides. */
export function runRow(
  bar: Bar,
  row: Row,
  { seed, replicates }: { seed: number; replicates: number },
): Run[] {
  const replicate = row.prepare();
  const once = (seedOfRun: number, size: number): Run =>
    judgeRun(
      row,
      seedOfRun,
      chunksOf(size).map((chunk) => runChunk({ bar, row }, replicate, seedOfRun, chunk)),
    );
  const first = once(seed, replicates);
  const again = rerunOf(first);
  return again ? [first, once(again.seed, again.replicates)] : [first];
}
