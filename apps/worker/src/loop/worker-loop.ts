import type { Bell } from './bell.js';
import type { RoundOutcome } from './round.js';

/** Rest while another worker finishes what this one waits for. */
const WAITING_MS = 20;
/** Rest after a failed round: doubling from a quarter of a second to half a minute. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;

/** How the loop is doing, for /health. */
export interface LoopHealth {
  /** Rounds that ended well. */
  readonly rounds: number;
  /** Failures in a row; 0 when the last round ended well. */
  readonly failures: number;
  readonly lastError: string | null;
  /** How long the round under way has taken so far; 0 between rounds. */
  readonly busySeconds: number;
}

/**
 * Runs rounds until it is told to stop. A round that fails, because the database is away or for any other reason, is
 * tried again after a growing rest: a worker never ends by itself.
 */
export class WorkerLoop {
  private stopping = false;
  private ended: Promise<void> | undefined;
  private rounds = 0;
  private failures = 0;
  private lastError: string | null = null;
  private roundBeganMs: number | null = null;

  constructor(
    private readonly round: { run(keepOn: () => boolean): Promise<RoundOutcome> },
    private readonly bell: Pick<Bell, 'wait' | 'ring'>,
    private readonly pollMs: number,
  ) {}

  get health(): LoopHealth {
    const busyMs = this.roundBeganMs === null ? 0 : performance.now() - this.roundBeganMs;
    return {
      rounds: this.rounds,
      failures: this.failures,
      lastError: this.lastError,
      busySeconds: Math.round(busyMs / 1000),
    };
  }

  start(): void {
    this.ended ??= this.loop();
  }

  /** Ends after the transaction under way. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.bell.ring();
    await this.ended;
  }

  private async loop(): Promise<void> {
    while (!this.stopping) {
      const rest = await this.once();
      if (rest > 0 && !this.stopping) await this.bell.wait(rest);
    }
  }

  private async once(): Promise<number> {
    this.roundBeganMs = performance.now();
    try {
      const outcome = await this.round.run(() => !this.stopping);
      if (this.failures > 0) console.error('worker: at work again');
      this.rounds += 1;
      this.failures = 0;
      this.lastError = null;
      return { worked: 0, waiting: WAITING_MS, idle: this.pollMs }[outcome];
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      if (words !== this.lastError) console.error(`worker: ${words}; trying again`);
      this.lastError = words;
      this.failures += 1;
      return Math.min(FIRST_PAUSE_MS * 2 ** Math.min(this.failures - 1, 10), LONGEST_PAUSE_MS);
    } finally {
      this.roundBeganMs = null;
    }
  }
}
