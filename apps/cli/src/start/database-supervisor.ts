import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedPostgres, type Guard } from '@app/embedded-postgres';
import { reasonOf } from './failure.js';

/** The embedded database of a stack: started again when it dies, on the same port. */
export class DatabaseSupervisor {
  private readonly postgres: EmbeddedPostgres;
  private ended = false;
  private restarting = false;
  /** Of the server, so that one which comes during a start is not missed. */
  private deaths = 0;

  constructor(
    options: { dataDir: string; guard: Guard; throwAway: boolean },
    private readonly say: (line: string) => void,
  ) {
    this.postgres = new EmbeddedPostgres({ ...options, onUnexpectedExit: (how) => void this.restart(how) });
  }

  get pid(): number | undefined {
    return this.postgres.pid;
  }

  get cluster(): string {
    return this.postgres.cluster;
  }

  start(): Promise<string> {
    this.ended = false;
    return this.postgres.start();
  }

  stop(): Promise<void> {
    this.ended = true;
    return this.postgres.stop();
  }

  quit(): void {
    this.ended = true;
    this.postgres.quit();
  }

  kill(signal: NodeJS.Signals): void {
    this.postgres.kill(signal);
  }

  /** One at a time: a second start would take the first one's server for a leftover and end it. */
  private async restart(how: string): Promise<void> {
    this.say(`postgres ended (${how}); starting it again`);
    this.deaths += 1;
    if (this.restarting) return;
    this.restarting = true;
    try {
      for (let pauseMs = 250; !(await this.triedToStart(pauseMs)); pauseMs = Math.min(pauseMs * 2, 30_000));
    } finally {
      this.restarting = false;
    }
  }

  /** @returns false when it has to be tried again */
  private async triedToStart(pauseMs: number): Promise<boolean> {
    await sleep(pauseMs);
    if (this.ended) return true;
    const { deaths } = this;
    try {
      await this.postgres.start();
    } catch (error) {
      this.say(`postgres did not start: ${reasonOf(error)}`);
      return false;
    }
    // A stop that came while it started found nothing to stop.
    if (this.ended) await this.postgres.stop();
    return this.ended || this.deaths === deaths;
  }
}
