import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { LivesReport } from '@app/rollouts';
import type { RampAnswer, RampTask } from './ramp.worker.js';

/** Lives a thread takes at once: enough to be worth the way, few enough to see progress. */
const CHUNK = 500;

/** Lives in memory, shared out over threads. The reports come in the order of the lives. */
export async function liveInMemory(
  { lives, seed, threads, thoroughEvery }: LivesOrder,
  progress: (done: number, broken: number) => void,
): Promise<LivesReport[]> {
  const chunks: RampTask[] = [];
  for (let from = 0; from < lives; from += CHUNK)
    chunks.push({ seed, from, to: Math.min(lives, from + CHUNK), thoroughEvery });
  const reports: LivesReport[] = [];
  let next = 0;
  let [done, broken] = [0, 0];
  const work = async (): Promise<void> => {
    const worker = new Worker(join(__dirname, 'ramp.worker.js'));
    try {
      for (let index = next++; index < chunks.length; index = next++) {
        const report = await ask(worker, chunks[index]!);
        reports[index] = report;
        done += report.lives;
        broken += report.brokenLives;
        progress(done, broken);
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: threads }, work));
  return reports;
}

export interface LivesOrder {
  readonly lives: number;
  readonly seed: number;
  readonly threads: number;
  readonly thoroughEvery: number;
}

function ask(worker: Worker, task: RampTask): Promise<LivesReport> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', (answer: RampAnswer) => {
      worker.off('error', reject);
      if ('error' in answer) reject(new Error(answer.error));
      else resolve(answer.report);
    });
    worker.postMessage(task);
  });
}
