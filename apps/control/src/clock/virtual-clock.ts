import { Injectable } from '@nestjs/common';
import { CLOCK_CHANNEL, Database, DatabaseClock, readVirtualTime, type VirtualTime } from '@app/database';
import { Clock } from '@app/kernel';
import { ControlError } from '../http/control.errors.js';

/** How long a move of time waits for the work it made due. */
const SETTLE_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 25;

export interface MoveTime {
  readonly now?: Date;
  readonly advanceSeconds?: number;
  readonly hold?: boolean;
}

/** Moves the time that all processes of a private instance share. */
@Injectable()
export class VirtualClock {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async read(): Promise<VirtualTime> {
    this.requireVirtual();
    return readVirtualTime(this.database);
  }

  /** Answers once the workers have done what became due; at once when held. */
  async move(to: MoveTime): Promise<VirtualTime> {
    this.requireVirtual();
    const requested = await this.database.transaction(async () => {
      const [row] = await this.database.query<{ now: Date; requested: string }>(
        'SELECT now, requested FROM virtual_clock FOR UPDATE',
      );
      const target = to.now ?? new Date(row!.now.getTime() + (to.advanceSeconds ?? 0) * 1000);
      // Nothing has happened before the first move: it may go anywhere, also to when a recording began.
      const first = Number(row!.requested) === 0;
      if (!first && target.getTime() < row!.now.getTime()) {
        throw new ControlError(
          'CLOCK_BACKWARDS',
          `it is ${row!.now.toISOString()} already; time does not go back to ${target.toISOString()}`,
        );
      }
      const [moved] = await this.database.query<{ requested: string }>(
        `UPDATE virtual_clock SET now = $1, held = $2, requested = requested + 1 RETURNING requested`,
        [target, to.hold ?? false],
      );
      await this.database.query(`SELECT pg_notify($1, $2)`, [CLOCK_CHANNEL, target.toISOString()]);
      return Number(moved!.requested);
    });
    return to.hold ? readVirtualTime(this.database) : this.settle(requested);
  }

  private async settle(requested: number): Promise<VirtualTime> {
    const attempts = SETTLE_WITHIN_MS / LOOK_EVERY_MS;
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const time = await readVirtualTime(this.database);
      if (time.settled >= requested) return time;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
    throw new ControlError(
      'CLOCK_NOT_SETTLED',
      `time has moved, but the workers did not finish what became due within ${SETTLE_WITHIN_MS / 1000} s; is one running?`,
    );
  }

  /** Before the first experiment or rollout nothing has a time yet, so a replay may begin in the past. */
  private async somethingWasMeasured(): Promise<boolean> {
    const rows = await this.database.query('SELECT 1 FROM subjects LIMIT 1');
    return rows.length > 0;
  }

  private requireVirtual(): void {
    if (!(this.clock instanceof DatabaseClock)) {
      throw new ControlError('CLOCK_NOT_VIRTUAL', 'this instance runs on real time (CONTENDER_CLOCK=system)');
    }
  }
}
