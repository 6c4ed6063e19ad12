import type { Pool } from 'pg';
import { type EvaluationCount, EvaluationCounts } from '../ports/evaluation-counts.js';
import { StoreUnavailable } from '../ports/event-store.js';
import { isUnavailable } from './store-failure.js';

const ADD = `
  INSERT INTO evaluation_counts AS kept (environment, task, variant, hour, yes, no)
  SELECT environment, task, variant, hour, sum(yes), sum(no)
    FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::bigint[], $6::bigint[])
      AS told (environment, task, variant, hour, yes, no)
   GROUP BY environment, task, variant, hour
   ORDER BY environment, task, variant, hour
  ON CONFLICT (environment, task, variant, hour)
  DO UPDATE SET yes = kept.yes + excluded.yes, no = kept.no + excluded.no`;

/** Evaluation counts in Postgres, on a bare connection pool: edges carry no ORM. */
export class PostgresEvaluationCounts extends EvaluationCounts {
  constructor(private readonly pool: Pick<Pool, 'query'>) {
    super();
  }

  override async add(counts: readonly EvaluationCount[]): Promise<void> {
    if (counts.length === 0) return;
    try {
      await this.pool.query(ADD, [
        counts.map(({ environment }) => environment),
        counts.map(({ task }) => task),
        counts.map(({ variant }) => variant),
        counts.map(({ hour }) => hour),
        counts.map(({ yes }) => yes),
        counts.map(({ no }) => no),
      ]);
    } catch (error) {
      throw isUnavailable(error) ? new StoreUnavailable(error) : error;
    }
  }
}
