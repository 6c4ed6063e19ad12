import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedPostgres, type Guard } from '@app/embedded-postgres';
import { reasonOf } from './failure.js';

/** The embedded database of a stack: started again when it dies, on the same port. */
export class DatabaseSupervisor {
  private readonly postgres: EmbeddedPostgres;
  private ended = false;

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

  private async restart(how: string): Promise<void> {
    this.say(`postgres ended (${how}); starting it again`);
    for (let pauseMs = 250; ; pauseMs = Math.min(pauseMs * 2, 30_000)) {
      await sleep(pauseMs);
      if (this.ended) return;
      try {
        await this.postgres.start();
        // A stop that came while it started found nothing to stop.
        if (this.ended) await this.postgres.stop();
        return;
      } catch (error) {
        this.say(`postgres did not start: ${reasonOf(error)}`);
      }
    }
  }
}
