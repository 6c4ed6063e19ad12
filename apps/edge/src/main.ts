import { ConfigError } from '@app/config';
import { readEdgeConfig } from './config.js';
import { createEdge } from './create-edge.js';
import { log, wordsOf } from './log.js';

async function main(): Promise<void> {
  const config = readEdgeConfig(process.env);
  const edge = await createEdge(config);
  const port = await edge.listen();
  const host = config.CONTENDER_HOST.includes(':') ? `[${config.CONTENDER_HOST}]` : config.CONTENDER_HOST;
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    edge.close().then(
      () => process.exit(0),
      (error: unknown) => {
        log('error', 'the edge did not stop cleanly', { reason: wordsOf(error) });
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  // One line of JSON that a supervisor can read; port 0 becomes the real one.
  process.stdout.write(`${JSON.stringify({ ready: 'edge', url: `http://${host}:${port}` })}\n`);
}

main().catch((error: unknown) => {
  console.error(error instanceof ConfigError ? error.message : `edge: ${wordsOf(error)}`);
  process.exit(1);
});
