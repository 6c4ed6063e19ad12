import { spawnSync } from 'node:child_process';
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DomainError } from '@app/kernel';

/** Who holds a data folder: a process id, and when that process began, because ids are given out again. */
interface Holder {
  readonly pid: number;
  readonly began: string;
}

/**
 * Takes the data folder for this process until the returned function is called.
 * @throws DomainError `ALREADY_RUNNING` another one works with it
 */
export function lockDataDir(dataDir: string): () => void {
  const file = path.join(dataDir, 'contender.lock');
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, JSON.stringify({ pid: process.pid, began: beginningOf(process.pid) } satisfies Holder));
  try {
    for (;;) {
      try {
        linkSync(mine, file);
        return () => rmSync(file, { force: true });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const holder = readHolder(file);
      if (holder && beginningOf(holder.pid) === holder.began) {
        throw new DomainError(
          'ALREADY_RUNNING',
          `Contender already runs with the data directory ${dataDir} (process ${holder.pid}); stop it first, or set CONTENDER_DATA_DIR and other ports for a second one.`,
          { dataDir, pid: holder.pid },
        );
      }
      rmSync(file, { force: true });
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

function readHolder(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

/** Empty when there is no such process. */
export function beginningOf(pid: number): string {
  if (existsSync('/proc/self/stat')) {
    try {
      // Fields after the name, which may hold blanks itself; the 22nd is the start in clock ticks.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ');
      return fields[0] === 'Z' ? '' : (fields[19] ?? '');
    } catch {
      return '';
    }
  }
  return spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
}
