import { SUMS } from './working-tables.sql.js';

const SLICE = 'subject_id, dimension, value';
const EXPOSURE_KEY = `${SLICE}, shard, epoch, variant`;
const METRIC_KEY = `${SLICE}, metric_id, shard, epoch, variant`;
const BIN_KEY = `${METRIC_KEY}, bin`;
const TOTAL_KEY = `${SLICE}, metric_id, epoch, variant, bin`;
const EXPOSURE_COUNTS = ['units', 'crossing_units', 'carried_units'];
const METRIC_COUNTS = ['n', 'cn', ...SUMS, 'open_units', 'events'];
const BIN_COUNTS = ['events', 'by_unit_events', 'square_growth'];

const summed = (columns: readonly string[]): string =>
  columns.map((name) => `sum(${name}) AS ${name}`).join(', ');
const anyLeft = (columns: readonly string[]): string =>
  columns.map((name) => `sum(${name}) <> 0`).join(' OR ');
const grown = (columns: readonly string[]): string =>
  columns.map((name) => `${name} = t.${name} + excluded.${name}`).join(', ');

const flush = (table: string, deltas: string, key: string, columns: readonly string[]): string => `
INSERT INTO ${table} AS t (${key}, ${columns.join(', ')})
SELECT ${key}, ${summed(columns)} FROM ${deltas} GROUP BY ${key}
HAVING ${anyLeft(columns)} ORDER BY ${key}
ON CONFLICT (${key}) DO UPDATE SET ${grown(columns)}`;

/**
 * Writes what the gathered contributions come to. The latest event of a group only ever moves forward by addition;
 * where the unit that had it lost it, the shard is counted anew.
 */
export const FLUSH: readonly string[] = [
  flush('exposure_sums', 'exposure_deltas_1', EXPOSURE_KEY, EXPOSURE_COUNTS),
  flush('quantile_sums', 'quantile_deltas_1', BIN_KEY, BIN_COUNTS),
  `
WITH deltas AS MATERIALIZED (
  SELECT ${METRIC_KEY}, ${summed(METRIC_COUNTS)},
    max(last_at) FILTER (WHERE sign < 0) AS was_at, max(last_at) FILTER (WHERE sign > 0) AS last_at
  FROM metric_deltas_1 GROUP BY ${METRIC_KEY}
  HAVING ${anyLeft(METRIC_COUNTS)}
    OR max(last_at) FILTER (WHERE sign < 0) IS DISTINCT FROM max(last_at) FILTER (WHERE sign > 0)
), lost AS (
  INSERT INTO dirty_buckets (subject_id, bucket)
  SELECT DISTINCT t.subject_id, t.shard FROM deltas d JOIN metric_sums t USING (${METRIC_KEY})
  WHERE d.was_at = t.last_at AND (d.last_at IS NULL OR d.last_at < t.last_at)
  ON CONFLICT DO NOTHING
)
INSERT INTO metric_sums AS t (${METRIC_KEY}, ${METRIC_COUNTS.join(', ')}, last_at)
SELECT ${METRIC_KEY}, ${METRIC_COUNTS.join(', ')}, last_at FROM deltas ORDER BY ${METRIC_KEY}
ON CONFLICT (${METRIC_KEY}) DO UPDATE SET ${grown(METRIC_COUNTS)}, last_at = greatest(t.last_at, excluded.last_at)`,
  // Last, because these rows belong to no shard: whoever else writes them waits until the transaction ends. All do so in
  // the order of the key, so that nobody waits for each other.
  flush('quantile_totals', 'quantile_deltas_1', TOTAL_KEY, BIN_COUNTS),
];

/** Forgets the statistics of shards, subjects $1, shards $2; bins are taken away from the totals as well. */
export const CLEAR_SHARDS: readonly string[] = [
  ...['exposure_sums', 'metric_sums'].map(
    (table) => `
DELETE FROM ${table} t USING unnest($1::uuid[], $2::smallint[]) AS c (subject_id, shard)
WHERE t.subject_id = c.subject_id AND t.shard = c.shard`,
  ),
  `
INSERT INTO quantile_deltas_1 (${BIN_KEY}, ${BIN_COUNTS.join(', ')})
SELECT ${BIN_KEY}, ${BIN_COUNTS.map((name) => `-${name}`).join(', ')}
FROM quantile_sums JOIN unnest($1::uuid[], $2::smallint[]) AS c (subject_id, shard) USING (subject_id, shard)`,
];

/** Sets the clock of shards to $3. */
export const SET_CLOCKS = `
INSERT INTO statistics_clocks (subject_id, shard, as_of)
SELECT subject_id, shard, $3 FROM unnest($1::uuid[], $2::smallint[]) AS c (subject_id, shard)
ON CONFLICT (subject_id, shard) DO UPDATE SET as_of = excluded.as_of`;
