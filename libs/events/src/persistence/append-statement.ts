import type { FirstOfId } from '../domain/batch.js';
import type { EventUnit, NewEvent } from '../domain/new-event.js';
import { shardOf } from '../domain/shard.js';

interface Row {
  readonly event: NewEvent;
  readonly unit: EventUnit;
  /** The event's first row carries its key. */
  readonly digest: string | null;
}

type Column = readonly [name: string, type: string, value: (row: Row) => unknown];

const COLUMNS: readonly Column[] = [
  ['id', 'text', ({ event }) => event.id],
  ['digest', 'text', ({ digest }) => digest],
  ['shard', 'smallint', ({ event, unit }) => shardOf(unit.unit || (event.inferenceId ?? ''))],
  ['at', 'timestamptz', ({ event }) => event.at.toISOString()],
  ['type', 'text', ({ event }) => event.type],
  ['task', 'text', ({ event }) => event.task],
  ['unit_type', 'text', ({ unit }) => unit.unitType],
  ['unit', 'text', ({ unit }) => unit.unit],
  ['metric', 'text', ({ event }) => event.metric],
  ['value', 'double precision', ({ event }) => event.value],
  ['subject_id', 'uuid', ({ event }) => event.subjectId],
  ['epoch', 'integer', ({ event }) => event.epoch],
  ['variant', 'text', ({ event }) => event.variant],
  ['inference_id', 'text', ({ event }) => event.inferenceId],
  ['assignment_id', 'text', ({ event }) => event.assignmentId],
  ['evaluator', 'text', ({ event }) => event.evaluator],
  ['evaluator_version', 'text', ({ event }) => event.evaluatorVersion],
  ['served_model', 'text', ({ event }) => event.servedModel],
  ['source', 'text', ({ event }) => event.source],
  ['comment', 'text', ({ event }) => event.comment],
  [
    'attributes',
    'jsonb',
    ({ event }) => (event.attributes === null ? null : JSON.stringify(event.attributes)),
  ],
];

const KEY_COLUMNS = ['digest', 'shard'];
const STORED = COLUMNS.map(([name]) => name).filter((name) => !KEY_COLUMNS.includes(name));

/**
 * Keys, events and the work they make for the aggregation, in one statement and so in one transaction and one round
 * trip. Only rows whose key was new are stored.
 */
const APPEND = `
WITH batch AS (
  SELECT * FROM unnest(${COLUMNS.map(([, type], index) => `$${index + 3}::${type}[]`).join(', ')})
    AS row (${COLUMNS.map(([name]) => name).join(', ')})
), keys AS (
  INSERT INTO event_keys (environment, id, digest, at)
  SELECT $1, id, decode(digest, 'hex'), at FROM batch WHERE digest IS NOT NULL
  ON CONFLICT DO NOTHING
  RETURNING id
), stored AS (
  INSERT INTO events (environment, received_at, ${STORED.join(', ')})
  SELECT $1, $2, ${STORED.map((name) => `batch.${name}`).join(', ')} FROM batch JOIN keys USING (id)
), pending AS (
  INSERT INTO pending_units (shard, environment, unit, inference_id)
  SELECT DISTINCT shard, $1, unit, CASE WHEN unit = '' THEN inference_id END FROM batch JOIN keys USING (id)
  WHERE unit <> '' OR inference_id IS NOT NULL
)
SELECT id FROM keys`;

/** The statement that stores events which are the first of their id in a batch, in the order given. */
export function appendStatement(
  environment: string,
  firsts: readonly FirstOfId[],
  receivedAt: Date,
): { text: string; values: unknown[] } {
  const rows = firsts.flatMap(rowsOf);
  return {
    text: APPEND,
    values: [
      environment,
      receivedAt.toISOString(),
      ...COLUMNS.map(([, , value]) => rows.map((row) => value(row))),
    ],
  };
}

function rowsOf({ event, digest }: FirstOfId): Row[] {
  if (event.units.length === 0) return [{ event, unit: { unitType: '', unit: '' }, digest }];
  return event.units.map((unit, index) => ({ event, unit, digest: index === 0 ? digest : null }));
}
