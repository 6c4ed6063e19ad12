/** Held by the session of the worker that drops; sessions end with their process. */
export const RETENTION_LOCK = 7_220_003;

export const LAST_PENDING = `SELECT max(seq)::text AS seq FROM pending_units`;

export const PENDING_UP_TO = `SELECT EXISTS (SELECT FROM pending_units WHERE seq <= $1::bigint) AS pending`;

export const FLOORS = `
SELECT nullif(floor, '-infinity')::text AS floor, nullif(keys_floor, '-infinity')::text AS keys_floor
FROM event_retention`;

/** Subjects that are still recomputed, and since when they need events. */
export const RETAINED_SUBJECTS = `
SELECT s.id, s.kind, s.key, s.outcomes_until,
  least(
    s.opened_at,
    (SELECT x.first_at FROM unit_exposures x WHERE x.subject_id = s.id ORDER BY x.first_at LIMIT 1)) AS since
FROM subjects s WHERE s.frozen_at IS NULL
ORDER BY s.id`;

/** Whether any day before $1 is there to be dropped. */
export const DAYS_BEFORE = `
SELECT EXISTS (
  SELECT FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
  WHERE i.inhparent = 'events'::regclass AND to_date(right(c.relname, 8), 'YYYYMMDD') < $1::date) AS some`;

/** All shards: what is being counted is finished first, and counted with the events it began with. */
export const HOLD_SHARDS = `SELECT pg_advisory_xact_lock($1, shard) FROM generate_series(0, $2 - 1) AS shard`;

export const FREEZE = `UPDATE subjects SET frozen_at = $2 WHERE id = ANY($1::uuid[])`;

export const RAISE_FLOOR = `UPDATE event_retention SET floor = greatest(floor, $1::date)`;

/** Partitions to drop, those included that an ended run had detached, or begun to. */
export const DAYS_BELOW_FLOOR = `
SELECT c.relname AS name, i.inhrelid IS NOT NULL AS attached, coalesce(i.inhdetachpending, false) AS detaching
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
WHERE c.relkind = 'r' AND c.relname ~ '^events_[0-9]{8}$'
  AND to_date(right(c.relname, 8), 'YYYYMMDD') < (SELECT floor FROM event_retention)
ORDER BY c.relname`;

export const KEY_PARTITIONS = `
SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'event_keys'::regclass ORDER BY 1`;

export const DROP_REFUSED = `DELETE FROM refused_events WHERE received_at < $1::date`;

export const KEYS_DROPPED = `UPDATE event_retention SET keys_floor = greatest(keys_floor, $1::date)`;
