import type { Client } from 'pg';
import { DAWN, type Rollout, type SimulatedTraffic } from '@app/rollouts';
import { CAST } from './furnish.js';

const METRICS = ['quality', 'errors'] as const;

/** Writes down what was counted of a rollout, as the workers that count would have. */
export async function revealTraffic(
  admin: Client,
  rollout: Rollout,
  traffic: SimulatedTraffic,
): Promise<void> {
  const arms = traffic.epochs.flatMap(({ number, arms }) =>
    Object.entries(arms).map(([variant, counts]) => ({ number, variant, counts })),
  );
  const [first, last] = [new Date(traffic.firstAt ?? DAWN), new Date(traffic.lastAt ?? DAWN)];
  await admin.query(
    `INSERT INTO unit_exposures (subject_id, unit, bucket, epoch, variant, first_at, crossing)
       SELECT $1, unit, 0, 1, 'control', at, false FROM unnest('{first,last}'::text[], $2::timestamptz[]) AS u (unit, at)
       ON CONFLICT (unit, subject_id) DO UPDATE SET first_at = excluded.first_at`,
    [rollout.id, [first, last]],
  );
  await admin.query(
    `INSERT INTO exposure_sums
       SELECT $1, '', '', 0, epoch, variant, units, 0, 0 FROM unnest($2::int[], $3::text[], $4::bigint[]) AS a (epoch, variant, units)
       ON CONFLICT (subject_id, dimension, value, epoch, variant, shard) DO UPDATE SET units = excluded.units`,
    [
      rollout.id,
      arms.map(({ number }) => number),
      arms.map(({ variant }) => variant),
      arms.map(({ counts }) => counts.units),
    ],
  );
  if (traffic.lastPairAt !== null) await revealPairs(admin, rollout, traffic, new Date(traffic.lastPairAt));
  await admin.query('DELETE FROM pending_units');
  await admin.query(
    `INSERT INTO pending_units (shard, environment, unit, waiting_since)
       SELECT 0, 'production', 'waiting', $1::timestamptz WHERE $1::timestamptz IS NOT NULL`,
    [traffic.waitingSince === null ? null : new Date(traffic.waitingSince)],
  );
  const measured = arms.flatMap((arm) =>
    METRICS.map((metric, index) => ({ ...arm, metric, metricId: CAST.metricIds[index]! })),
  );
  await admin.query(
    `INSERT INTO metric_sums (subject_id, dimension, value, shard, epoch, variant, metric_id, n, y, yy, events, last_at)
       SELECT $1, '', '', 0, epoch, variant, metric, n, y, y, n, $7
       FROM unnest($2::int[], $3::text[], $4::uuid[], $5::bigint[], $6::bigint[]) AS a (epoch, variant, metric, n, y)
       ON CONFLICT (subject_id, dimension, value, metric_id, epoch, variant, shard)
       DO UPDATE SET n = excluded.n, y = excluded.y, yy = excluded.yy, events = excluded.events, last_at = excluded.last_at`,
    [
      rollout.id,
      measured.map(({ number }) => number),
      measured.map(({ variant }) => variant),
      measured.map(({ metricId }) => metricId),
      measured.map(({ counts }) => counts.scored),
      measured.map(({ counts, metric }) => counts[metric]),
      last,
    ],
  );
}

async function revealPairs(
  admin: Client,
  rollout: Rollout,
  { pairs }: SimulatedTraffic,
  at: Date,
): Promise<void> {
  await admin.query('TRUNCATE shadow_pairs');
  for (const [index, metric] of METRICS.entries()) {
    const { units, champion, challenger, both } = pairs[metric];
    await admin.query(
      `INSERT INTO shadow_pairs (subject_id, metric_id, unit, requests, champion, challenger, last_at)
         SELECT $1, $2, n::text, 1, (n <= $4)::int, (n <= $5 OR (n > $4 AND n <= $4 + $6 - $5))::int, $7
         FROM generate_series(1, $3::int) AS n`,
      [rollout.id, CAST.metricIds[index], units, champion, both, challenger, at],
    );
  }
}
