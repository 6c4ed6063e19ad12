import { chmodSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DomainError } from '@app/kernel';

/**
 * Makes the data folder, or proves that an existing one can be written to. Others may walk through it (as
 * root the database is another user) but not list it; what is secret inside has its own 0600.
 *
 * @throws DomainError `DATA_DIR_NOT_WRITABLE`
 */
export function openDataDir(dataDir: string): string {
  const folder = path.resolve(dataDir);
  try {
    if (!existsSync(folder)) {
      makeFolder(folder);
      chmodSync(folder, 0o711);
    }
    const status = statSync(folder);
    if (!status.isDirectory()) throw new Error('it is not a folder');
    // Root could write to it all the same; somebody marked it read-only and meant it.
    if ((status.mode & 0o200) === 0) throw new Error('it is marked read-only');
    const probe = path.join(folder, `.write-probe-${process.pid}`);
    writeFileSync(probe, '');
    rmSync(probe);
    const logs = path.join(folder, 'logs');
    if (!existsSync(logs)) mkdirSync(logs, { mode: 0o700 });
    return folder;
  } catch (cause) {
    throw new DomainError(
      'DATA_DIR_NOT_WRITABLE',
      `The data directory ${folder} cannot be written to (${reasonOf(cause)}); make it writable or set CONTENDER_DATA_DIR to another.`,
      { dataDir: folder },
      { cause },
    );
  }
}

/** With its parents. Not `recursive: true`: under /proc Node then never returns. */
function makeFolder(folder: string): void {
  const parent = path.dirname(folder);
  if (!existsSync(parent)) makeFolder(parent);
  mkdirSync(folder);
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
  if (code === 'EROFS') return 'read-only file system';
  if (code === 'ENOSPC') return 'no space left on the device';
  if (code === 'ENOENT') return 'no folder can be made there';
  if (code === 'ENOTDIR') return 'a part of its path is not a folder';
  return code ?? message;
}
