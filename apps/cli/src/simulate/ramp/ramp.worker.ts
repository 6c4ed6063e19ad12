import { parentPort } from 'node:worker_threads';
import { IN_MEMORY, type LivesReport, simulateLives } from '@app/rollouts';

/** Lives to be lived in memory, by number. */
export interface RampTask {
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  readonly thoroughEvery: number;
}

export type RampAnswer = { readonly report: LivesReport } | { readonly error: string };

parentPort?.on('message', (task: RampTask) => {
  void simulateLives(IN_MEMORY, task).then(
    (report) => parentPort!.postMessage({ report } satisfies RampAnswer),
    (error: Error) => parentPort!.postMessage({ error: error.stack ?? error.message } satisfies RampAnswer),
  );
});
