import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';

export type CsvRow = Readonly<Record<string, string>>;

/** Rows of a compressed CSV file with a header; null when there is no such file. */
export async function readCsv(folder: string, file: string): Promise<CsvRow[] | null> {
  const text = await readFile(join(folder, file)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  return text && (parse(gunzipSync(text), { columns: true, bom: true }) as CsvRow[]);
}
