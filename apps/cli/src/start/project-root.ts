import { existsSync } from 'node:fs';
import path from 'node:path';

/** The repository, seen from its sources as from `dist/`. */
export function projectRoot(): string {
  for (let folder = __dirname; ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, 'package.json'))) return folder;
    if (folder === path.dirname(folder)) throw new Error('package.json is missing above the program');
  }
}
