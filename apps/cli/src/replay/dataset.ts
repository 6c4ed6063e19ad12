import { createReadStream, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';

/** plan.json of a replay folder: the bodies that set an experiment up, as the API takes them. */
export interface ReplayPlan {
  readonly task: { readonly key: string; readonly unitType: string; readonly description?: string };
  readonly models: ReadonlyArray<{ readonly key: string } & Record<string, unknown>>;
  readonly metrics: ReadonlyArray<{ readonly key: string } & Record<string, unknown>>;
  readonly covariates?: readonly string[];
  readonly experiment: {
    readonly key: string;
    readonly environment?: string;
    readonly variants: ReadonlyArray<{
      readonly key: string;
      readonly model: string;
      readonly weight: number;
      readonly control: boolean;
    }>;
  } & Record<string, unknown>;
  readonly assignment: 'platform' | 'given';
}

/** One exposure of units.csv. Times are milliseconds since 1970. */
export interface UnitRow {
  readonly unit: string;
  readonly at: string;
  /** When it is sent: never before `at`, for no instance takes events from the future. */
  readonly sentMs: number;
  readonly variant: string | null;
  readonly attributes: Readonly<Record<string, string | number>>;
}

/** One row of outcomes.csv; `at` is null when it follows its exposure by a millisecond. */
export interface OutcomeRow {
  readonly id: string;
  readonly unit: string;
  readonly metric: string;
  readonly value: number;
  readonly at: string;
  readonly sentMs: number;
  readonly variant: string | null;
}

export interface Dataset {
  readonly plan: ReplayPlan;
  readonly expected: unknown;
  readonly units: readonly UnitRow[];
  readonly outcomes: readonly OutcomeRow[];
}

/** A folder that is not a replay, or a row that cannot be read; the message names the file and line. */
export class DatasetError extends Error {}

const UNIT_COLUMNS = new Set(['unit', 'at', 'sent', 'variant']);

/** Reads a replay folder: plan.json, units.csv[.gz], outcomes.csv[.gz] and, if there, expected.json. */
export async function readDataset(directory: string): Promise<Dataset> {
  const plan = readJson(directory, 'plan.json') as ReplayPlan | undefined;
  if (!plan) throw new DatasetError(`${directory} holds no plan.json`);
  const units = (await readRows(directory, 'units')).map(unitRow);
  const firstExposure = new Map<string, UnitRow>();
  for (const row of units) {
    const known = firstExposure.get(row.unit);
    if (!known || Date.parse(row.at) < Date.parse(known.at)) firstExposure.set(row.unit, row);
  }
  const outcomes = (await readRows(directory, 'outcomes')).map((row, index) =>
    outcomeRow(row, index, firstExposure),
  );
  return { plan, expected: readJson(directory, 'expected.json'), units, outcomes };
}

function readJson(directory: string, name: string): unknown {
  const file = path.join(directory, name);
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new DatasetError(`${file} is not JSON`, { cause });
  }
}

async function readRows(directory: string, name: string): Promise<Array<Record<string, string>>> {
  for (const file of [`${name}.csv`, `${name}.csv.gz`].map((entry) => path.join(directory, entry))) {
    if (!existsSync(file)) continue;
    const source = createReadStream(file);
    const parser = parse({ columns: true, bom: true, skip_empty_lines: true });
    const stream = (file.endsWith('.gz') ? source.pipe(createGunzip()) : source).pipe(parser);
    const rows: Array<Record<string, string>> = [];
    for await (const row of stream) rows.push(row as Record<string, string>);
    return rows;
  }
  throw new DatasetError(`${directory} holds neither ${name}.csv nor ${name}.csv.gz`);
}

function unitRow(row: Record<string, string>, index: number): UnitRow {
  const where = `units.csv row ${index + 1}`;
  const at = required(row, 'at', where);
  const attributes = Object.fromEntries(
    Object.entries(row)
      .filter(([name, value]) => !UNIT_COLUMNS.has(name) && value !== '')
      .map(([name, value]) => [name, numberOrText(value)]),
  );
  return {
    unit: required(row, 'unit', where),
    at,
    sentMs: sentAt(row, at, where),
    variant: row['variant'] || null,
    attributes,
  };
}

function outcomeRow(row: Record<string, string>, index: number, exposures: Map<string, UnitRow>): OutcomeRow {
  const where = `outcomes.csv row ${index + 1}`;
  const unit = required(row, 'unit', where);
  const value = Number(required(row, 'value', where));
  if (!Number.isFinite(value)) throw new DatasetError(`${where}: value ${row['value']} is not a number`);
  const at = row['at'] || afterExposure(exposures.get(unit), where);
  return {
    id: row['id'] || `outcome-${index + 1}`,
    unit,
    metric: required(row, 'metric', where),
    value,
    at,
    sentMs: sentAt(row, at, where),
    variant: row['variant'] || null,
  };
}

function sentAt(row: Record<string, string>, at: string, where: string): number {
  return Math.max(instant(row['sent'] || at, where), instant(at, where));
}

function afterExposure(exposure: UnitRow | undefined, where: string): string {
  if (!exposure) throw new DatasetError(`${where} has no time and its unit has no exposure`);
  return new Date(Date.parse(exposure.at) + 1).toISOString();
}

function required(row: Record<string, string>, column: string, where: string): string {
  const value = row[column];
  if (value === undefined || value === '') throw new DatasetError(`${where} has no ${column}`);
  return value;
}

function instant(text: string, where: string): number {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new DatasetError(`${where}: ${text} is not a time`);
  return ms;
}

/** A number as people write one; "007" and "0x10" are names. */
function numberOrText(value: string): string | number {
  return /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(value) && Number.isFinite(Number(value))
    ? Number(value)
    : value;
}
