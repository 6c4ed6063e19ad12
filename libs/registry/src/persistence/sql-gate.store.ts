import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import type { ClosedGate } from '../domain/closed-gate.js';
import { GateStore } from '../ports/gate.store.js';

const ALL = 'SELECT environment, task, flag FROM closed_gates ORDER BY environment, task, flag';

@Injectable()
export class SqlGateStore extends GateStore {
  constructor(private readonly database: Database) {
    super();
  }

  async all(): Promise<ClosedGate[]> {
    return this.database.query<ClosedGate>(ALL);
  }

  async allForUpdate(): Promise<ClosedGate[]> {
    // Also against another worker's gates that are not there yet, which no row lock would show.
    await this.database.query('LOCK TABLE closed_gates IN SHARE ROW EXCLUSIVE MODE');
    return this.all();
  }

  async close({ environment, task, flag }: ClosedGate, at: Date): Promise<void> {
    await this.database.query(
      'INSERT INTO closed_gates (environment, task, flag, since) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
      [environment, task, flag, at],
    );
  }

  async open({ environment, task, flag }: ClosedGate): Promise<void> {
    await this.database.query('DELETE FROM closed_gates WHERE environment = $1 AND task = $2 AND flag = $3', [
      environment,
      task,
      flag,
    ]);
  }
}
