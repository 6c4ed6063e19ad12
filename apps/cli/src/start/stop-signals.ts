/** npm passes a Ctrl-C on that we got from the terminal already; two within this time are one. */
const SAME_MS = 1000;

export interface StopSignals {
  /** Aborted by the first request to stop. */
  readonly first: AbortSignal;
  /** Called by the second one: somebody does not want to wait. */
  onSecond: () => void;
}

/** Listens for Ctrl-C, for a polite kill and for a closed terminal. */
export function stopSignals(): StopSignals {
  const controller = new AbortController();
  const signals: StopSignals = { first: controller.signal, onSecond: () => undefined };
  let firstAt: number | undefined;
  const hear = (): void => {
    if (firstAt === undefined) {
      firstAt = performance.now();
      controller.abort(new Interrupted());
    } else if (performance.now() - firstAt > SAME_MS) {
      signals.onSecond();
    }
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, hear);
  // A reader that went away (`npm start | head`) is no reason to fall.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  return signals;
}

/** Somebody asked to stop; no failure. */
export class Interrupted extends Error {
  constructor() {
    super('interrupted');
  }
}
