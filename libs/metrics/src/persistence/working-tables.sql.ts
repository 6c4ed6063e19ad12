import { SHARDS } from '@app/events';

/** Exact sums over units with a value; the covariate's (c…) over those that have one as well. */
export const SUMS = ['y', 'yy', 'd', 'dd', 'yd', 'cx', 'cxx', 'cxy', 'cy', 'cd', 'cxd'] as const;

/** A shard is the low bits of a bucket. */
export const SHARD = `(x.bucket & ${SHARDS - 1})::smallint`;

export const EXPOSURE = {
  epoch: 'integer',
  variant: 'text',
  first_at: 'timestamptz',
  crossing: 'boolean',
  carried: 'boolean',
  attributes: 'jsonb',
  covariate: 'double precision',
} as const;
export const MEASURED = {
  value: 'double precision',
  denominator: 'double precision',
  events: 'integer',
  last_at: 'timestamptz',
  bins: 'smallint[]',
  bin_events: 'integer[]',
} as const;

export const namesOf = (columns: object): string[] => Object.keys(columns);
const columnsOf = (columns: object, prefix: string): string =>
  Object.entries(columns)
    .map(([name, type]) => `${prefix}${name} ${String(type)}`)
    .join(', ');
export const aliased = (columns: object, prefix: string): string =>
  namesOf(columns)
    .map((name) => `${prefix}${name} AS ${name}`)
    .join(', ');

const temporary = (name: string, columns: string): string =>
  `CREATE TEMPORARY TABLE IF NOT EXISTS ${name} (${columns}) ON COMMIT DELETE ROWS`;
const GROUP = 'subject_id uuid, dimension text, value text, shard smallint, epoch integer, variant text';

/**
 * Where a transaction keeps unit rows as they were and as they are, and gathers what follows from that for the statistics,
 * so that what did not change cancels out before anything is written. One each per connection; emptied when the
 * transaction ends.
 */
export const WORKING_TABLES = [
  temporary(
    'exposure_changes_1',
    `subject_id uuid, unit text, shard smallint, ${columnsOf(EXPOSURE, 'old_')}, ${columnsOf(EXPOSURE, 'new_')}`,
  ),
  temporary(
    'metric_changes_1',
    `subject_id uuid, metric_id uuid, unit text, ${columnsOf(MEASURED, 'old_')}, ${columnsOf(MEASURED, 'new_')}`,
  ),
  temporary('exposure_deltas_1', `${GROUP}, units bigint, crossing_units bigint, carried_units bigint`),
  temporary(
    'metric_deltas_1',
    `sign integer, ${GROUP}, metric_id uuid, n bigint, cn bigint, ${SUMS.map((name) => `${name} numeric`).join(', ')},
     open_units bigint, events bigint, last_at timestamptz`,
  ),
  temporary(
    'quantile_deltas_1',
    `${GROUP}, metric_id uuid, bin smallint, events bigint, by_unit_events bigint, square_growth bigint`,
  ),
];

export const EMPTY_WORKING_TABLES = `
WITH ${['exposure_changes', 'metric_changes', 'exposure_deltas', 'metric_deltas']
  .map((name) => `${name} AS (DELETE FROM ${name}_1)`)
  .join(', ')}
DELETE FROM quantile_deltas_1`;

/** `WITH` items that keep the rows of `changes`, which holds old rows as `x` and new ones as `w`, for the statistics. */
export const KEEP_EXPOSURE_CHANGES = `
kept AS (
  INSERT INTO exposure_changes_1
  SELECT subject_id, unit, (bucket & ${SHARDS - 1})::smallint, ${namesOf(EXPOSURE)
    .map((name) => `(x).${name}`)
    .join(', ')},
    ${namesOf(EXPOSURE).join(', ')}
  FROM changes)`;
export const KEEP_METRIC_CHANGES = `
kept AS (
  INSERT INTO metric_changes_1
  SELECT subject_id, metric_id, unit, ${namesOf(MEASURED)
    .map((name) => `(u).${name}`)
    .join(', ')},
    ${namesOf(MEASURED).join(', ')}
  FROM changes)`;
