import { spawnSync } from 'node:child_process';
import { existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DomainError } from '@app/kernel';

/** Who holds a folder: a process id, and when that process began, because ids are given out again. */
interface Holder {
  readonly pid: number;
  readonly began: string;
}

/** Another process of this machine works with the folder. */
export class FolderLocked extends DomainError<'FOLDER_LOCKED'> {
  constructor(
    readonly folder: string,
    readonly pid: number,
  ) {
    super('FOLDER_LOCKED', `Process ${pid} works with ${folder} already.`, { folder, pid });
    this.name = 'FolderLocked';
  }
}

/**
 * Takes a folder for this process until the returned function is called or the process ends, however it ends.
 *
 * Holds between processes that see each other's ids: not between containers that share a volume.
 *
 * @throws FolderLocked a living process has it
 */
export function lockFolder(folder: string, name: string): () => void {
  const file = path.join(folder, name);
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, JSON.stringify({ pid: process.pid, began: beginningOf(process.pid) } satisfies Holder));
  try {
    // A link is made or refused in one step, and its content is whole from the beginning.
    while (!linked(mine, file)) {
      const holder = readHolder(file);
      if (isAlive(holder)) throw new FolderLocked(folder, holder.pid);
      removeDead(file, `${mine}.dead`);
    }
    return () => rmSync(file, { force: true });
  } finally {
    rmSync(mine, { force: true });
  }
}

/** Moved aside before it is removed: another one may have taken the dead one's place since it was read. */
function removeDead(file: string, aside: string): void {
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return;
  }
  if (isAlive(readHolder(aside))) linked(aside, file);
  rmSync(aside, { force: true });
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}

const isAlive = (holder: Holder | undefined): holder is Holder =>
  holder !== undefined && holder.began !== '' && beginningOf(holder.pid) === holder.began;

function readHolder(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

/** When a process began, in the system's own words; empty when there is no such process. */
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
