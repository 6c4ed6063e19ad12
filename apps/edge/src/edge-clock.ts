import { Clock, SystemClock } from '@app/kernel';
import type { Pool } from 'pg';

/** Time as the data plane sees it. */
export abstract class EdgeClock extends Clock {
  /** False until the first instant is known. */
  abstract readonly ready: boolean;

  /** Reads time again where it can be moved; undefined where it flows by itself, so that no request waits. */
  abstract refresh(): Promise<void> | undefined;
}

export class FlowingClock extends EdgeClock {
  override readonly ready = true;
  private readonly system = new SystemClock();

  override now(): Date {
    return this.system.now();
  }

  override refresh(): undefined {
    return undefined;
  }
}

/** Virtual time, which stands in the database until somebody moves it. */
export class VirtualTimeClock extends EdgeClock {
  private current: Date | null = null;

  constructor(private readonly pool: Pool) {
    super();
  }

  override get ready(): boolean {
    return this.current !== null;
  }

  override now(): Date {
    return this.current ?? new Date(0);
  }

  override async refresh(): Promise<void> {
    const { rows } = await this.pool.query<{ now: Date }>('SELECT now FROM virtual_clock');
    if (rows[0]) this.current = rows[0].now;
  }
}
