import { ImportError } from './import-errors.js';

type Row = Readonly<Record<string, string>>;

/** Columns that are fields of an event under their own names. */
const FIELDS = [
  'id',
  'type',
  'at',
  'task',
  'unit',
  'metric',
  'value',
  'experiment',
  'rollout',
  'variant',
  'epoch',
  'inferenceId',
  'assignmentId',
  'evaluator',
  'evaluatorVersion',
  'servedModel',
  'source',
  'comment',
];

/** Fields that are numbers. What does not read as one goes as it is: the edge says what is wrong with it. */
const NUMBERS = ['value', 'epoch'];

/** Replay files say when a row is sent; an import is sent now. */
const IGNORED = ['sent'];

const NUMBER = /^-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** A number as people write one; "007" and "0x10" are names. */
const PLAIN_NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/**
 * Refuses a header whose columns would be dropped in silence. A file of exposures alone, without a column `metric` or
 * `type`, may have any other columns: they are attributes.
 *
 * @throws ImportError `IMPORT_COLUMN_UNKNOWN`
 */
export function checkColumns(columns: readonly string[], file: string): void {
  if (!columns.includes('metric') && !columns.includes('type')) return;
  const unknown = columns.find((column) => !isKnown(column));
  if (unknown === undefined) return;
  throw new ImportError(
    'IMPORT_COLUMN_UNKNOWN',
    `${file} line 1: "${unknown}" is no field of an event; name it attributes.${unknown}, or units.<type>`,
  );
}

/** One row as an event of the wire; without an id. Empty cells are left out. */
export function eventOfRow(row: Row): Record<string, unknown> {
  const event: Record<string, unknown> = {};
  const units: Record<string, string> = {};
  const attributes: Record<string, string | number> = {};
  for (const [column, cell] of Object.entries(row)) {
    if (cell === '' || IGNORED.includes(column)) continue;
    if (NUMBERS.includes(column)) event[column] = NUMBER.test(cell) ? Number(cell) : cell;
    else if (FIELDS.includes(column)) event[column] = cell;
    else if (column.startsWith('units.')) units[column.slice('units.'.length)] = cell;
    else attributes[column.replace(/^attributes\./, '')] = PLAIN_NUMBER.test(cell) ? Number(cell) : cell;
  }
  event['type'] ??= event['metric'] === undefined ? 'exposure' : 'outcome';
  if (Object.keys(units).length > 0) event['units'] = units;
  if (Object.keys(attributes).length > 0) event['attributes'] = attributes;
  return event;
}

const isKnown = (column: string): boolean =>
  FIELDS.includes(column) || IGNORED.includes(column) || /^(units|attributes)\../.test(column);
