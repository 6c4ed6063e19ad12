import { Injectable } from '@nestjs/common';
import { Clock } from '@app/kernel';
import { Database } from './database.js';

/** Channel notified whenever virtual time moves. */
export const CLOCK_CHANNEL = 'contender_clock';

/**
 * Virtual time shared by all processes of a private instance: it stands still in the database until
 * `POST /api/v1/clock` moves it. `now()` answers what the last `refresh()` saw, so a process refreshes at the start of
 * every request, batch and round of work.
 */
@Injectable()
export class DatabaseClock extends Clock {
  private current = new Date(0);

  constructor(private readonly database: Database) {
    super();
  }

  now(): Date {
    return new Date(this.current.getTime());
  }

  async refresh(): Promise<VirtualTime> {
    const time = await readVirtualTime(this.database);
    this.current = time.now;
    return time;
  }
}

export interface VirtualTime {
  readonly now: Date;
  /** Scheduled work waits while held; aggregation goes on. */
  readonly held: boolean;
  /** Number of the last request to move time, and of the last one whose due work is done. */
  readonly requested: number;
  readonly settled: number;
}

export async function readVirtualTime(database: Database): Promise<VirtualTime> {
  const rows = await database.query<{ now: Date; held: boolean; requested: string; settled: string }>(
    'SELECT now, held, requested, settled FROM virtual_clock',
  );
  const row = rows[0];
  if (!row) throw new Error('virtual time was never set');
  return { now: row.now, held: row.held, requested: Number(row.requested), settled: Number(row.settled) };
}
