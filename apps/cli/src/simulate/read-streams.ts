import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse';
import { SimulationError, StreamLedger, type StreamLine } from '@app/simulation';

const COLUMNS = ['replicate', 'unit', 'arm', 'metric', 'value', 't'] as const;

type Fields = Readonly<Record<(typeof COLUMNS)[number], string>>;

/**
 * Feeds every .csv file of a folder to the ledger, a replicate at a time.
 *
 * Columns replicate, unit, arm, metric, value, t, in any order, named by the first line. Lines of a replicate stand
 * together within a file; one replicate may have different metrics in different files.
 *
 * @throws SimulationError with the file and, where there is one, the line
 */
export async function readStreams(directory: string, ledger: StreamLedger): Promise<void> {
  const names = await readdir(directory).catch(() => {
    throw new SimulationError(`${directory} is not a folder that can be read.`);
  });
  const files = names.filter((name) => name.endsWith('.csv')).sort();
  if (files.length === 0) throw new SimulationError(`${directory} has no .csv file.`);
  for (const file of files) await readStream(join(directory, file), file, ledger);
}

async function readStream(path: string, file: string, ledger: StreamLedger): Promise<void> {
  let replicate: string | null = null;
  let lines: StreamLine[] = [];
  const flush = (): void => {
    if (replicate !== null) ledger.add(replicate, lines);
    lines = [];
  };
  try {
    const rows = createReadStream(path).pipe(
      parse({ columns: (header: string[]) => checked(header), bom: true, trim: true, info: true }),
    );
    for await (const { record, info } of rows as AsyncIterable<{ record: Fields; info: { lines: number } }>) {
      if (record.replicate !== replicate) {
        flush();
        replicate = record.replicate;
      }
      lines.push(lineOf(record, info.lines));
    }
    if (replicate === null) throw new SimulationError('has no lines after its header');
    flush();
  } catch (error) {
    throw new SimulationError(`${file}: ${(error as Error).message}`);
  }
}

function checked(header: string[]): string[] {
  const missing = COLUMNS.filter((column) => !header.includes(column));
  if (missing.length === 0) return header;
  throw new SimulationError(
    `the header line must name ${COLUMNS.join(', ')}; ${missing.join(', ')} not found in "${header.join(',')}"`,
  );
}

function lineOf(record: Fields, line: number): StreamLine {
  for (const column of ['replicate', 'unit', 'arm', 'metric'] as const)
    if (record[column] === '') throw new SimulationError(`line ${line}: ${column} is empty`);
  const number = (column: 'value' | 't'): number => {
    const value = Number(record[column]);
    if (record[column] === '' || !Number.isFinite(value))
      throw new SimulationError(`line ${line}: ${column} is "${record[column]}", not a number`);
    return value;
  };
  const { unit, arm, metric } = record;
  return { unit, arm, metric, value: number('value'), t: number('t') };
}
