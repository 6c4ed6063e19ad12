import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import { checkColumns, eventOfRow } from './csv-event.js';
import { ImportError, type LineErrorCode } from './import-errors.js';

/** What stands in one line of a file; lines are counted from 1, the header of a CSV file included. */
export type ImportLine =
  | { readonly line: number; readonly event: Readonly<Record<string, unknown>> }
  | { readonly line: number; readonly code: LineErrorCode; readonly message: string };

export type ImportFormat = 'csv' | 'ndjson';

/** By the end of the name. @throws ImportError `IMPORT_FORMAT_UNKNOWN` */
export function formatOf(file: string): ImportFormat {
  if (/\.csv(\.gz)?$/i.test(file)) return 'csv';
  if (/\.(ndjson|jsonl)(\.gz)?$/i.test(file)) return 'ndjson';
  throw new ImportError(
    'IMPORT_FORMAT_UNKNOWN',
    `${file} ends neither with .csv nor with .ndjson or .jsonl (each also .gz)`,
  );
}

/** SHA-256 of what is in a file, packed or not, in hexadecimal. @throws ImportError `IMPORT_FILE_UNREADABLE` */
export async function digestOfFile(file: string): Promise<string> {
  const digest = createHash('sha256');
  try {
    for await (const chunk of contentOf(file)) digest.update(chunk as Buffer);
  } catch (error) {
    throw unreadable(file, error);
  }
  return digest.digest('hex');
}

/** The lines of a file in order, read as they are asked for. @throws ImportError */
export function readLines(file: string): AsyncGenerator<ImportLine> {
  return formatOf(file) === 'csv' ? csvLines(file) : jsonLines(file);
}

async function* csvLines(file: string): AsyncGenerator<ImportLine> {
  const skipped: ImportLine[] = [];
  const parser = parse({
    bom: true,
    info: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_skip: (error) => {
      const { message = 'the row cannot be read', lines } = (error ?? {}) as {
        message?: string;
        lines?: number;
      };
      skipped.push({ line: lines ?? 0, code: 'IMPORT_ROW_NOT_VALID', message });
      return undefined;
    },
    columns: (header: string[]) => {
      checkColumns(header, file);
      return header;
    },
  });
  const source = contentOf(file);
  source.once('error', (error) => parser.destroy(error));
  try {
    for await (const row of source.pipe(parser)) {
      yield* skipped.splice(0);
      const { record, info } = row as { record: Record<string, string>; info: { lines: number } };
      yield { line: info.lines, event: eventOfRow(record) };
    }
  } catch (error) {
    throw unreadable(file, error);
  }
  yield* skipped;
}

async function* jsonLines(file: string): AsyncGenerator<ImportLine> {
  const source = contentOf(file);
  let failure: unknown;
  const lines = createInterface({ input: source, crlfDelay: Infinity });
  source.once('error', (error) => {
    failure = error;
    lines.close();
  });
  let line = 0;
  for await (const text of lines) {
    line += 1;
    if (text.trim() !== '') yield eventOfLine(text, line);
  }
  if (failure !== undefined) throw unreadable(file, failure);
}

function eventOfLine(text: string, line: number): ImportLine {
  try {
    const event: unknown = JSON.parse(line === 1 ? text.replace(/^\ufeff/, '') : text);
    if (typeof event === 'object' && event !== null && !Array.isArray(event))
      return { line, event: event as Record<string, unknown> };
    return { line, code: 'EVENT_INVALID', message: 'the line is not an object' };
  } catch {
    return { line, code: 'EVENT_INVALID', message: 'the line is not JSON' };
  }
}

function contentOf(file: string): Readable {
  const source = createReadStream(file);
  if (!file.toLowerCase().endsWith('.gz')) return source;
  const unpacked = createGunzip();
  source.once('error', (error) => unpacked.destroy(error));
  return source.pipe(unpacked);
}

function unreadable(file: string, cause: unknown): ImportError {
  if (cause instanceof ImportError) return cause;
  return new ImportError('IMPORT_FILE_UNREADABLE', `${file} cannot be read: ${(cause as Error).message}`, {
    cause,
  });
}
