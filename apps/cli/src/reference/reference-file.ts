import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tolerance } from './compare.js';

/** One case of a reference file. */
export interface ReferenceCase {
  readonly id: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly expected: Readonly<Record<string, unknown>>;
  readonly tolerance: Tolerance;
}

/** A file of cases of one method. */
export interface ReferenceFile {
  readonly name: string;
  readonly method: string;
  readonly cases: readonly ReferenceCase[];
}

/** The `.json` files of a folder that hold cases, in name order. */
export async function readReferenceFiles(directory: string): Promise<ReferenceFile[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.json')).sort();
  const files = await Promise.all(
    names.map(async (name) => {
      const content = JSON.parse(await readFile(join(directory, name), 'utf8')) as Omit<
        ReferenceFile,
        'name'
      >;
      return { name, method: content.method, cases: content.cases };
    }),
  );
  return files.filter((file) => Array.isArray(file.cases));
}
