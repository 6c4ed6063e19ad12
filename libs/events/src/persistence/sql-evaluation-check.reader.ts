import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import type { ToldAndShown } from '../domain/evaluation-check.js';
import { EvaluationCheckReader } from '../ports/evaluation-check.reader.js';

const READ = `
  WITH told AS (
    SELECT variant, sum(yes) AS yes, sum(no) AS no
      FROM evaluation_counts
     WHERE environment = $1 AND task = $2 AND hour >= date_trunc('hour', $3::timestamptz)
     GROUP BY variant
  ), shown AS (
    SELECT variant, count(*) AS exposures
      FROM events
     WHERE environment = $1 AND task = $2 AND type = 'exposure' AND variant IS NOT NULL
       AND subject_id NOT IN (SELECT id FROM subjects WHERE kind = 'holdout')
       AND at >= date_trunc('hour', $3::timestamptz)
     GROUP BY variant
  )
  SELECT variant, coalesce(yes, 0)::float8 AS yes, coalesce(no, 0)::float8 AS no,
         coalesce(exposures, 0)::float8 AS exposures
    FROM told FULL JOIN shown USING (variant)`;

@Injectable()
export class SqlEvaluationCheckReader extends EvaluationCheckReader {
  constructor(private readonly database: Database) {
    super();
  }

  override read(environment: string, task: string, since: Date): Promise<ToldAndShown[]> {
    return this.database.query<ToldAndShown>(READ, [environment, task, since]);
  }
}
