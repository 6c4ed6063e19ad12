import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type ArmMoments, EMPTY_ARM_MOMENTS, mergeArmMoments } from '@app/stats';
import { type ArmHealth, TrafficReader } from '../ports/traffic.reader.js';

/** How far back "lately" goes. */
const DAYS = 7;
const DAY_MS = 86_400_000;

/**
 * Exposures to a holdout are left out: they show a part of the traffic even where nothing else runs.
 * The index on (environment, unit, type) does not help here; the days' partitions do: only they are read.
 */
const UNITS_PER_DAY = `
  SELECT count(DISTINCT unit)::int AS units, min(at) AS first
  FROM events WHERE at > $3 AND at <= $4 AND environment = $2 AND task = $1 AND type = 'exposure'
    AND subject_id NOT IN (SELECT id FROM subjects WHERE kind = 'holdout')`;

const BASELINE = `
  SELECT s.n::float8 AS n, s.mean, s.m2, s.denominator_mean, s.denominator_m2, s.denominator_comoment
  FROM metric_statistics s
  JOIN subjects j ON j.id = s.subject_id
  JOIN metrics m ON m.id = s.metric_id
  WHERE j.task = $1 AND j.environment = $2 AND j.kind <> 'holdout' AND m.key = $3 AND s.dimension = '' AND s.n > 0`;

/** A metric that only shadow outcomes feed is silent: none of them counts. */
const HEARD = `
  SELECT DISTINCT metric FROM events
  WHERE at > $3 AND at <= $4 AND environment = $1 AND type = 'outcome' AND metric = ANY ($2)
    AND source IS DISTINCT FROM 'shadow'`;

const ARMS = `
  SELECT variant, count(*)::int AS assigned,
         count(*) FILTER (WHERE NOT crossing AND NOT carried)::int AS exposed,
         count(*) FILTER (WHERE crossing)::int AS crossing, count(*) FILTER (WHERE carried)::int AS carried
  FROM unit_exposures WHERE subject_id = $1 GROUP BY variant ORDER BY variant`;

const SCORED = `
  SELECT e.variant, m.metric_id, count(*)::int AS units
  FROM unit_metrics m JOIN unit_exposures e ON e.subject_id = m.subject_id AND e.unit = m.unit
  WHERE m.subject_id = $1 AND m.events > 0 AND NOT e.crossing AND NOT e.carried GROUP BY e.variant, m.metric_id`;

const LAST = `
  SELECT (SELECT min(first_at) FROM unit_exposures WHERE subject_id = $1) AS "firstExposureAt",
         (SELECT max(first_at) FROM unit_exposures WHERE subject_id = $1) AS "lastExposureAt",
         (SELECT max(last_at) FROM unit_metrics WHERE subject_id = $1) AS "lastOutcomeAt"`;

interface MomentsRow {
  n: number;
  mean: number;
  m2: number;
  denominator_mean: number | null;
  denominator_m2: number | null;
  denominator_comoment: number | null;
}

@Injectable()
export class SqlTrafficReader extends TrafficReader {
  constructor(private readonly database: Database) {
    super();
  }

  async unitsPerDay(task: string, environment: string, now: Date): Promise<number | null> {
    const since = new Date(now.getTime() - DAYS * DAY_MS);
    const [row] = await this.database.query<{ units: number; first: Date | null }>(UNITS_PER_DAY, [
      task,
      environment,
      since,
      now,
    ]);
    if (!row?.first || row.units === 0) return null;
    // A task that began yesterday has had one day, not seven.
    const days = Math.max(1, (now.getTime() - row.first.getTime()) / DAY_MS);
    return row.units / days;
  }

  async baseline(task: string, environment: string, metric: string): Promise<ArmMoments | null> {
    const rows = await this.database.query<MomentsRow>(BASELINE, [task, environment, metric]);
    const moments = rows.map(momentsOf).reduce(mergeArmMoments, EMPTY_ARM_MOMENTS);
    return moments.n > 0 ? moments : null;
  }

  async silent(environment: string, eventNames: readonly string[], now: Date): Promise<string[]> {
    const since = new Date(now.getTime() - DAYS * DAY_MS);
    const rows = await this.database.query<{ metric: string }>(HEARD, [environment, eventNames, since, now]);
    const heard = new Set(rows.map((row) => row.metric));
    return eventNames.filter((name) => !heard.has(name));
  }

  async activeRollout(task: string, environment: string): Promise<string | null> {
    const [row] = await this.database.query<{ key: string }>(
      `SELECT key FROM rollouts WHERE task = $1 AND environment = $2 AND state IN ('running', 'held')`,
      [task, environment],
    );
    return row?.key ?? null;
  }

  async arms(subjectId: string): Promise<ArmHealth[]> {
    const arms = await this.database.query<Omit<ArmHealth, 'scored'>>(ARMS, [subjectId]);
    const scored = await this.database.query<{ variant: string; metric_id: string; units: number }>(SCORED, [
      subjectId,
    ]);
    return arms.map((arm) => ({
      ...arm,
      scored: Object.fromEntries(
        scored.filter((row) => row.variant === arm.variant).map((row) => [row.metric_id, row.units]),
      ),
    }));
  }

  async lastEvents(
    subjectId: string,
  ): Promise<{ firstExposureAt: Date | null; lastExposureAt: Date | null; lastOutcomeAt: Date | null }> {
    const [row] = await this.database.query<{
      firstExposureAt: Date | null;
      lastExposureAt: Date | null;
      lastOutcomeAt: Date | null;
    }>(LAST, [subjectId]);
    return row!;
  }

  async pendingUnits(environment: string): Promise<number> {
    const [row] = await this.database.query<{ units: number }>(
      `SELECT count(*)::int AS units FROM (SELECT DISTINCT unit FROM pending_units WHERE environment = $1) AS waiting`,
      [environment],
    );
    return row!.units;
  }
}

function momentsOf(row: MomentsRow): ArmMoments {
  const { n, mean, m2, denominator_mean, denominator_m2, denominator_comoment } = row;
  if (denominator_mean === null || denominator_m2 === null || denominator_comoment === null)
    return { n, mean, m2 };
  return {
    n,
    mean,
    m2,
    denominator: { mean: denominator_mean, m2: denominator_m2, comoment: denominator_comoment },
  };
}
