import type { FirstOfId } from '../domain/batch.js';
import type { EventUnit, NewEvent } from '../domain/new-event.js';
import { shardOf } from '../domain/shard.js';
import {
  type BinaryArray,
  ByteaArray,
  DoubleArray,
  InstantArray,
  IntegerArray,
  JsonbArray,
  SmallintArray,
  TextArray,
  UuidArray,
} from './binary-array.js';

/** One unit of one event; the event's first row carries its key. */
interface Row {
  readonly event: NewEvent;
  readonly unit: EventUnit;
  readonly digest: string | null;
}

interface Column {
  readonly type: string;
  /** What stands in it, row by row. Column by column: each has one kind of value, which is what compilers like. */
  fill(rows: readonly Row[]): BinaryArray<unknown>;
}

function column<Value>(
  type: string,
  array: () => BinaryArray<Value>,
  value: (event: NewEvent, unit: EventUnit, digest: string | null) => Value | null,
): Column {
  return {
    type,
    fill: (rows) => {
      const filled = array();
      for (const { event, unit, digest } of rows) filled.push(value(event, unit, digest));
      return filled as BinaryArray<unknown>;
    },
  };
}

const text = (value: (event: NewEvent, unit: EventUnit) => string | null): Column =>
  column('text', () => new TextArray(), value);

/** What every statement has, and does not store as it is. */
const KEYS: Readonly<Record<string, Column>> = {
  id: text(({ id }) => id),
  digest: column(
    'bytea',
    () => new ByteaArray(),
    (_event, _unit, digest) => digest,
  ),
  shard: column(
    'smallint',
    () => new SmallintArray(),
    (event, { unit }) => shardOf(unit || (event.inferenceId ?? '')),
  ),
  at: column(
    'timestamptz',
    () => new InstantArray(),
    ({ at }) => at.getTime(),
  ),
  type: text(({ type }) => type),
  unit_type: text((_event, { unitType }) => unitType),
  unit: text((_event, { unit }) => unit),
  inference_id: text(({ inferenceId }) => inferenceId),
};

/** Left out of a statement in which nobody says anything about them. */
const OPTIONAL: Readonly<Record<string, Column>> = {
  task: text(({ task }) => task),
  metric: text(({ metric }) => metric),
  value: column(
    'double precision',
    () => new DoubleArray(),
    ({ value }) => value,
  ),
  subject_id: column(
    'uuid',
    () => new UuidArray(),
    ({ subjectId }) => subjectId,
  ),
  epoch: column(
    'integer',
    () => new IntegerArray(),
    ({ epoch }) => epoch,
  ),
  variant: text(({ variant }) => variant),
  assignment_id: text(({ assignmentId }) => assignmentId),
  evaluator: text(({ evaluator }) => evaluator),
  evaluator_version: text(({ evaluatorVersion }) => evaluatorVersion),
  served_model: text(({ servedModel }) => servedModel),
  source: text(({ source }) => source),
  comment: text(({ comment }) => comment),
  attributes: column(
    'jsonb',
    () => new JsonbArray(),
    ({ attributes }) => (attributes === null ? null : JSON.stringify(attributes)),
  ),
};

const COLUMNS = Object.entries({ ...KEYS, ...OPTIONAL });
const NOT_STORED = ['digest', 'shard'];

/** Texts by their columns: a sender's events look alike, so there are few. */
const texts = new Map<string, { name: string; text: string }>();

/**
 * Keys, events and the work they make for the aggregation, in one statement and so in one transaction and one round
 * trip. Only rows whose key was new are stored; answered are the ids that were known, of which there are mostly none.
 */
function statementOf(columns: ReadonlyArray<readonly [string, Column]>): { name: string; text: string } {
  const shape = columns.map(([name]) => name).join(', ');
  const known = texts.get(shape);
  if (known) return known;
  const arrays = columns.map(([, { type }], index) => `$${index + 3}::${type}[]`).join(', ');
  const stored = columns.map(([name]) => name).filter((name) => !NOT_STORED.includes(name));
  const made = {
    name: `append_${texts.size}`,
    text: `
WITH batch AS (
  SELECT * FROM unnest(${arrays}) AS row (${shape})
), keys AS (
  INSERT INTO event_keys (environment, id, digest, at)
  SELECT $1, id, digest, at FROM batch WHERE digest IS NOT NULL
  ON CONFLICT DO NOTHING
  RETURNING id
), stored AS (
  INSERT INTO events (environment, received_at, ${stored.join(', ')})
  SELECT $1, $2::timestamptz, ${stored.map((name) => `batch.${name}`).join(', ')} FROM batch JOIN keys USING (id)
), pending AS (
  INSERT INTO pending_units (shard, environment, unit, inference_id, exposed, waiting_since)
  SELECT shard, $1, unit, lone, bool_or(type = 'exposure'), $2::timestamptz
  FROM batch JOIN keys USING (id) CROSS JOIN LATERAL (SELECT CASE WHEN unit = '' THEN inference_id END AS lone) l
  WHERE unit <> '' OR lone IS NOT NULL
  GROUP BY shard, unit, lone
)
SELECT id FROM batch LEFT JOIN keys USING (id) WHERE digest IS NOT NULL AND keys.id IS NULL`,
  };
  texts.set(shape, made);
  return made;
}

/**
 * The statement that stores events which are the first of their id in a batch, in the order given.
 *
 * Prepared under a name by its columns. Whoever runs it keeps nested loops off: a plan made once does not know how many
 * rows come.
 */
export function appendStatement(
  environment: string,
  firsts: readonly FirstOfId[],
  receivedAt: Date,
): { name: string; text: string; values: unknown[] } {
  const rows: Row[] = [];
  for (const { event, digest } of firsts) {
    const units = event.units.length === 0 ? NOBODY : event.units;
    units.forEach((unit, index) => rows.push({ event, unit, digest: index === 0 ? digest : null }));
  }
  const used = COLUMNS.map(([name, column]) => ({ name, column, array: column.fill(rows) })).filter(
    ({ name, array }) => Object.hasOwn(KEYS, name) || array.filled > 0,
  );
  return {
    ...statementOf(used.map(({ name, column }) => [name, column] as const)),
    values: [environment, receivedAt.toISOString(), ...used.map(({ array }) => array.finish())],
  };
}

const NOBODY: readonly EventUnit[] = [{ unitType: '', unit: '' }];
