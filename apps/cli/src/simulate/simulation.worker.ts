import { parentPort } from 'node:worker_threads';
import { runChunk, type Chunk, type Replicate, type Tallied } from '@app/simulation';
import { NAMED_BARS } from './bars.js';

/** A piece of work: a chunk of a row, by name, because functions do not travel between threads. */
export interface Task {
  readonly id: number;
  readonly bar: string;
  readonly row: string;
  readonly seed: number;
  readonly chunk: Chunk;
}

export type Answer =
  | { readonly id: number; readonly tallied: Tallied; readonly seconds: number }
  | { readonly id: number; readonly error: string };

const prepared = new Map<string, Replicate>();

function answer({ id, bar: barId, row: rowName, seed, chunk }: Task): Answer {
  try {
    const bar = NAMED_BARS.find((candidate) => candidate.id === barId)!;
    const row = bar.rows.find((candidate) => candidate.name === rowName)!;
    const key = `${barId}/${rowName}`;
    if (!prepared.has(key)) {
      // One row's workspace at a time: they can be large.
      prepared.clear();
      prepared.set(key, row.prepare());
    }
    const started = performance.now();
    const tallied = runChunk({ bar, row }, prepared.get(key)!, seed, chunk);
    return { id, tallied, seconds: (performance.now() - started) / 1000 };
  } catch (error) {
    return { id, error: (error as Error).message };
  }
}

parentPort?.on('message', (task: Task) => parentPort!.postMessage(answer(task)));
