import { ConfigError } from '@app/config';
import { readWorkerConfig } from './config.js';
import { startWorker } from './worker.js';

async function main(): Promise<void> {
  const worker = await startWorker(readWorkerConfig(process.env));
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    worker.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(`worker: ${String(error)}`);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  // One line of JSON that a supervisor can read.
  process.stdout.write(`${JSON.stringify({ ready: 'worker', url: worker.url })}\n`);
}

main().catch((error: unknown) => {
  console.error(error instanceof ConfigError ? error.message : `worker: ${String(error)}`);
  process.exitCode = 1;
  process.exit();
});
