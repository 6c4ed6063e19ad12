import type { NewEvent } from '@app/events';

/** Events that belong together, as they wait in the spool. */
export interface SpooledBatch {
  readonly environment: string;
  readonly receivedAt: Date;
  readonly events: readonly NewEvent[];
  /** Places of events under ids of the platform's own: another event under such an id is no clash. */
  readonly own: readonly number[];
}

/** Version of the record's content, beside the segment's format. A newer edge reads older records. */
const VERSION = 1;

/** Order of an event's fields in a record. Only ever added to, at the end. */
const FIELDS = [
  'id',
  'type',
  'task',
  'units',
  'at',
  'metric',
  'value',
  'subjectId',
  'epoch',
  'variant',
  'inferenceId',
  'assignmentId',
  'evaluator',
  'evaluatorVersion',
  'servedModel',
  'source',
  'comment',
  'attributes',
] as const satisfies ReadonlyArray<keyof NewEvent>;

/** JSON without names of fields: half as long, and read by any tool. */
export function encodeBatch({ environment, receivedAt, events, own }: SpooledBatch): Buffer {
  return Buffer.from(
    JSON.stringify([
      VERSION,
      environment,
      receivedAt.getTime(),
      own,
      events.map((event) => FIELDS.map((field) => (field === 'at' ? event.at.getTime() : event[field]))),
    ]),
  );
}

/** @throws Error a record of a version that is newer than this edge */
export function decodeBatch(payload: Buffer): SpooledBatch {
  const [version, environment, receivedAt, own, rows] = JSON.parse(payload.toString('utf8')) as [
    number,
    string,
    number,
    number[],
    unknown[][],
  ];
  if (version !== VERSION)
    throw new Error(`a spooled batch has version ${version}, this edge reads ${VERSION}`);
  return { environment, receivedAt: new Date(receivedAt), own, events: rows.map(eventOf) };
}

function eventOf(row: readonly unknown[]): NewEvent {
  const event = Object.fromEntries(FIELDS.map((field, place) => [field, row[place] ?? null]));
  return { ...event, at: new Date(event.at as number) } as unknown as NewEvent;
}
