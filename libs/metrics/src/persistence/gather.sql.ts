import { SHARDS } from '@app/events';
import { aliased, EXPOSURE, MEASURED, namesOf, SHARD, SUMS } from './working-tables.sql.js';

/** How the whole, days of first exposure and declared attributes are called in the statistics. */
export const WHOLE = '';
export const DAY = 'day';
export const attributeDimension = (name: string): string => `${ATTRIBUTE}${name}`;

/** Keeps attributes apart from what we call ourselves, whatever people name them. */
const ATTRIBUTE = 'attribute:';

/** The whole, and every declared dimension; `days` adds the day of first exposure. */
const slices = (days: boolean): string => `
  CROSS JOIN LATERAL (
    SELECT '${WHOLE}' AS dimension, '' AS slice
    ${days ? `UNION ALL SELECT '${DAY}', day` : ''}
    UNION ALL SELECT '${ATTRIBUTE}' || n.name, n.part FROM unnest(dimensions, parts) AS n (name, part)) p`;

/**
 * A double as a decimal, to far less than its own last digit: the whole part, and what follows the point as the shortest
 * text that reads back the same. Sums of decimals are exact, whatever their order.
 */
const decimal = (of: string): string => `
    CASE WHEN ${of} = trunc(${of}) AND abs(${of}) < 1e9 THEN ${of}::integer::numeric
      WHEN abs(${of}) < 1e15 THEN trunc(${of})::numeric + (${of} - trunc(${of}))::text::numeric
      ELSE ${of}::text::numeric END`;

const total = (of: string): string => `coalesce(sum(${of}), 0)`;
const KNOWN = 'FILTER (WHERE x IS NOT NULL)';
const PART = 'sign, subject_id, shard, epoch, variant, day, dimensions, parts';

/** A unit's own rows one by one: few units, and tables whose size the planner may not know yet. */
const METRICS_OF_UNIT = `LEFT JOIN LATERAL (
    SELECT ${namesOf(MEASURED).join(', ')} FROM unit_metrics um
    WHERE c.unit IS NULL AND um.unit = x.unit AND um.subject_id = x.subject_id AND um.metric_id = m.id
    OFFSET 0) um ON true`;

/**
 * Gathers what units add to the statistics (sign 1) and what they no longer add (sign −1).
 *
 * A unit is judged by the clock of its shard: while its window is open it is only counted as open; closed and without
 * events it counts as zero where the metric says so. A window without a length never closes, and counts from the start.
 *
 * @param sides SQL of exposure rows with a sign: what metric rows were is in metric_changes_1, where they changed. A side
 *   that is not `moved` has the exposure that it had, and only its metrics that changed are looked at.
 */
const gather = (sides: string, metrics = METRICS_OF_UNIT): string => `
WITH sides AS MATERIALIZED (
  SELECT x.*, ${decimal('x.covariate')} AS known, s.outcomes_until, s.dimensions, (x.first_at AT TIME ZONE 'UTC')::date::text AS day,
    CASE WHEN s.dimensions = '{}' THEN '{}' ELSE
      ARRAY(SELECT coalesce(x.attributes ->> d, '') FROM unnest(s.dimensions) WITH ORDINALITY AS n (d, i) ORDER BY i)
    END AS parts
  FROM (${sides}) x
  JOIN subjects s ON s.id = x.subject_id
), gathered_exposures AS (
  INSERT INTO exposure_deltas_1
  SELECT subject_id, p.dimension, p.slice, shard, epoch, variant, sign * units, sign * crossing_units, sign * carried_units
  FROM (
    SELECT ${PART}, count(*) FILTER (WHERE NOT crossing AND NOT carried) AS units,
      count(*) FILTER (WHERE crossing) AS crossing_units,
      count(*) FILTER (WHERE carried AND NOT crossing) AS carried_units
    FROM sides WHERE moved GROUP BY ${PART}) e ${slices(true)}
), measured AS (
  SELECT x.sign, x.subject_id, x.shard, x.epoch, x.variant, x.unit, x.day, x.dimensions, x.parts, m.id AS metric_id, m.kind,
    w.open, r.events, r.last_at, r.bins, r.bin_events,
    CASE WHEN NOT w.open THEN coalesce(r.value, CASE m.missing WHEN 'zero' THEN 0 END) END AS value,
    CASE WHEN m.kind = 'ratio' AND NOT w.open THEN r.denominator END AS denominator,
    CASE WHEN m.covariate IS NULL THEN x.known END AS known,
    CASE WHEN jsonb_typeof(x.attributes -> m.covariate) = 'number'
      THEN (x.attributes -> m.covariate)::double precision END AS covariate
  FROM sides x
  JOIN subject_metrics sm ON sm.subject_id = x.subject_id
  JOIN metrics m ON m.id = sm.metric_id
  LEFT JOIN metric_changes_1 c ON c.subject_id = x.subject_id AND c.unit = x.unit AND c.metric_id = m.id
  ${metrics}
  CROSS JOIN LATERAL (
    SELECT ${namesOf(MEASURED)
      .map(
        (name) =>
          `CASE WHEN c.unit IS NULL THEN um.${name} WHEN sign < 0 THEN c.old_${name} ELSE c.new_${name} END AS ${name}`,
      )
      .join(',\n      ')}) r
  CROSS JOIN LATERAL (
    SELECT m.window_length_s IS NOT NULL
      AND least(x.first_at + make_interval(secs => m.window_delay_s + m.window_length_s), x.outcomes_until) > coalesce(
        (SELECT as_of FROM statistics_clocks t WHERE t.subject_id = x.subject_id AND t.shard = x.shard),
        '-infinity') AS open) w
  WHERE NOT x.crossing AND NOT x.carried AND (x.moved OR c.unit IS NOT NULL)
), judged AS MATERIALIZED (
  SELECT ${PART}, unit, metric_id, open, events, last_at, bins, bin_events, ${decimal('value')} AS y,
    ${decimal('denominator')} AS d, CASE WHEN value IS NOT NULL THEN coalesce(known, ${decimal('covariate')}) END AS x
  FROM measured WHERE value IS NOT NULL OR open
), added AS (
  SELECT ${PART}, metric_id, count(y) AS n, count(x) AS cn,
    ${total('y')} AS y, ${total('y * y')} AS yy, ${total('d')} AS d, ${total('d * d')} AS dd, ${total('y * d')} AS yd,
    ${total('x')} AS cx, ${total('x * x')} AS cxx, ${total('x * y')} AS cxy, coalesce(sum(y) ${KNOWN}, 0) AS cy,
    coalesce(sum(d) ${KNOWN}, 0) AS cd, ${total('x * d')} AS cxd,
    count(*) FILTER (WHERE open) AS open_units, ${total('events')} AS events, max(last_at) AS last_at
  FROM judged GROUP BY ${PART}, metric_id
), gathered_metrics AS (
  INSERT INTO metric_deltas_1
  SELECT sign, subject_id, p.dimension, p.slice, shard, epoch, variant, metric_id,
    sign * n, sign * cn, ${SUMS.map((name) => `sign * ${name}`).join(', ')}, sign * open_units, sign * events, last_at
  FROM added ${slices(true)}
), binned AS (
  SELECT j.sign, j.subject_id, j.shard, j.epoch, j.variant, j.day, j.dimensions, j.parts, j.metric_id, b.bin, b.events,
    sum(b.events) OVER unit AS of_unit, sum(b.events) OVER (unit ORDER BY b.bin ROWS UNBOUNDED PRECEDING) AS up_to
  FROM judged j CROSS JOIN LATERAL unnest(j.bins, j.bin_events) AS b (bin, events)
  WHERE j.y IS NOT NULL
  WINDOW unit AS (PARTITION BY j.sign, j.subject_id, j.metric_id, j.unit)
), bins AS (
  SELECT sign, subject_id, shard, epoch, variant, dimensions, parts, metric_id, bin, sum(events) AS events,
    sum(events * of_unit)::bigint AS by_unit_events, sum(events * (2 * up_to - events))::bigint AS square_growth
  FROM binned GROUP BY sign, subject_id, shard, epoch, variant, dimensions, parts, metric_id, bin
)
INSERT INTO quantile_deltas_1
SELECT subject_id, p.dimension, p.slice, shard, epoch, variant, metric_id, bin,
  sign * events, sign * by_unit_events, sign * square_growth
FROM bins ${slices(false)}`;

/** A side with the exposure row that stands now. */
const standing = (sign: string, moved: boolean): string =>
  `${sign} AS sign, ${moved} AS moved, x.subject_id, x.unit, ${SHARD} AS shard, ${aliased(EXPOSURE, 'x.')}`;

/** What recomputed units were and are. */
export const GATHER_CHANGES = gather(`
  SELECT side.sign, true AS moved, e.subject_id, e.unit, e.shard, ${aliased(EXPOSURE, 'side.')}
  FROM exposure_changes_1 e
  CROSS JOIN LATERAL (
    SELECT -1 AS sign, ${aliased(EXPOSURE, 'old_')} WHERE old_variant IS NOT NULL
    UNION ALL SELECT 1, ${aliased(EXPOSURE, 'new_')} WHERE new_variant IS NOT NULL) side
  UNION ALL
  SELECT ${standing('side.sign', false)}
  FROM (
    SELECT DISTINCT subject_id, unit FROM metric_changes_1 c
    WHERE NOT EXISTS (SELECT FROM exposure_changes_1 e WHERE e.subject_id = c.subject_id AND e.unit = c.unit)) c
  CROSS JOIN LATERAL (
    SELECT * FROM unit_exposures x WHERE x.unit = c.unit AND x.subject_id = c.subject_id OFFSET 0) x
  CROSS JOIN (VALUES (-1), (1)) AS side (sign)`);

const closing = (sign: string): string =>
  gather(`
  SELECT ${standing(sign, true)}
  FROM (
    SELECT DISTINCT c.subject_id, x.unit
    FROM (
      SELECT subject_id, stood, array_agg(shard) AS shards
      FROM unnest($1::uuid[], $2::smallint[], $3::timestamptz[]) AS c (subject_id, shard, stood)
      GROUP BY subject_id, stood) c
    JOIN subjects s ON s.id = c.subject_id
    JOIN subject_metrics sm ON sm.subject_id = c.subject_id
    JOIN metrics m ON m.id = sm.metric_id
    CROSS JOIN LATERAL (SELECT make_interval(secs => m.window_delay_s + m.window_length_s) AS length) w
    CROSS JOIN LATERAL (
      SELECT x.unit FROM unit_exposures x
      WHERE x.subject_id = c.subject_id AND x.first_at > c.stood - w.length
        AND x.first_at <= CASE WHEN s.outcomes_until <= $4 THEN 'infinity' ELSE $4::timestamptz - w.length END
        AND ${SHARD} = ANY (c.shards)
      OFFSET 0) x
    WHERE m.window_length_s IS NOT NULL) u
  CROSS JOIN LATERAL (
    SELECT * FROM unit_exposures x WHERE x.unit = u.unit AND x.subject_id = u.subject_id OFFSET 0) x`);

/**
 * Units with a window that may close after their shard's clock stood at $3 and by $4, before that clock is moved and after
 * it; subjects $1, shards $2. Units that were first exposed at other times are not read.
 */
export const GATHER_CLOSING = { before: closing('-1'), after: closing('1') };

/** The rows of whole shards at once. No row of theirs has changed in this transaction. */
const METRICS_OF_SHARDS = `
  LEFT JOIN (
    SELECT um.subject_id, um.unit, um.metric_id, ${namesOf(MEASURED)
      .map((name) => `um.${name}`)
      .join(', ')}
    FROM unnest($1::uuid[], $2::smallint[]) AS c (subject_id, shard)
    JOIN unit_metrics um ON um.subject_id = c.subject_id AND (um.bucket & ${SHARDS - 1})::smallint = c.shard
    OFFSET 0) um ON um.unit = x.unit AND um.subject_id = x.subject_id AND um.metric_id = m.id`;

/** All units of shards: subjects $1, shards $2. */
export const GATHER_SHARDS = gather(
  `
  SELECT ${standing('1', true)}
  FROM unnest($1::uuid[], $2::smallint[]) AS c (subject_id, shard)
  JOIN unit_exposures x ON x.subject_id = c.subject_id AND ${SHARD} = c.shard`,
  METRICS_OF_SHARDS,
);
