import { readStartConfig } from './config.js';
import { banner } from './banner.js';
import { startStack, type Stack } from './stack.js';
import { stopSignals, type StopSignals } from './stop-signals.js';

/** `npm start`: everything on this machine until somebody stops it. */
export async function run(argv: readonly string[]): Promise<number> {
  const json = argv.includes('--json');
  const config = readStartConfig(process.env);
  const signals = stopSignals();
  const say = (line: string): void => console.error(line);
  if (!json) say('Starting…');
  let stack: Stack;
  try {
    stack = await startStack({
      dataDir: config.CONTENDER_DATA_DIR,
      databaseUrl: config.DATABASE_URL,
      host: config.CONTENDER_HOST,
      controlPort: config.CONTENDER_CONTROL_PORT,
      edgePort: config.CONTENDER_EDGE_PORT,
      clock: config.CONTENDER_CLOCK,
      environment: process.env,
      say,
      signal: signals.first,
    });
  } catch (error) {
    if (signals.first.aborted) return 0;
    throw error;
  }
  console.log(json ? JSON.stringify(facts(stack)) : banner(stack));
  return untilStopped(stack, signals);
}

/** Keeps a stack up until Ctrl-C or a polite kill; a second one ends it at once. */
export async function untilStopped(stack: Stack, signals: StopSignals = stopSignals()): Promise<number> {
  // The signal's listener alone would not keep Node running.
  const awake = setInterval(() => undefined, 60_000);
  await new Promise<void>((resolve) => {
    if (signals.first.aborted) resolve();
    else signals.first.addEventListener('abort', () => resolve(), { once: true });
  });
  clearInterval(awake);
  signals.onSecond = () => {
    stack.quit();
    process.exit(130);
  };
  console.error('Stopping…');
  await stack.stop();
  console.error('Stopped.');
  return 0;
}

function facts(stack: Stack): object {
  return {
    control: stack.controlUrl,
    edge: stack.edgeUrl,
    docs: `${stack.controlUrl}/docs`,
    adminKey: stack.adminKey || null,
    dataDir: stack.dataDir,
    cluster: stack.cluster ?? null,
  };
}
