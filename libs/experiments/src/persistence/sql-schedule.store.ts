import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { ScheduleStore } from '../ports/schedule.store.js';

@Injectable()
export class SqlScheduleStore extends ScheduleStore {
  constructor(private readonly database: Database) {
    super();
  }

  async set(kind: 'look' | 'start' | 'stop', subjectId: string, dueAt: Date): Promise<void> {
    await this.database.query(
      `INSERT INTO schedules (kind, subject_id, due_at) VALUES ($1, $2, $3)
       ON CONFLICT (kind, subject_id) DO UPDATE SET due_at = excluded.due_at, attempts = 0, last_error = NULL`,
      [kind, subjectId, dueAt],
    );
  }

  async remove(kind: 'look' | 'start' | 'stop', subjectId: string): Promise<void> {
    await this.database.query('DELETE FROM schedules WHERE kind = $1 AND subject_id = $2', [kind, subjectId]);
  }
}
