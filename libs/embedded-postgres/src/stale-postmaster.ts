import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError } from '@app/kernel';

/** What a running server writes about itself. */
export interface PostmasterFile {
  readonly pid: number;
  readonly ready: boolean;
}

export function readPostmasterFile(cluster: string): PostmasterFile | undefined {
  const file = postmasterFile(cluster);
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, 'utf8').split('\n');
  return { pid: Math.abs(Number(lines[0])), ready: lines[7]?.trim() === 'ready' };
}

/**
 * Clears the way for a start after kill -9 or a power cut. The caller holds the data folder's lock, so a
 * server that still runs there is an orphan and is ended; a process id that was given to something else
 * since would make PostgreSQL refuse for ever, so the file of a dead server is removed.
 *
 * @throws DomainError `POSTGRES_ORPHAN` an old server does not end
 */
export async function clearStalePostmaster(cluster: string): Promise<void> {
  const old = readPostmasterFile(cluster);
  if (!old) return;
  for (let tenths = 0; isServerOf(cluster, old.pid); tenths += 1) {
    if (tenths === 20) process.kill(old.pid, 'SIGINT');
    if (tenths === 150) process.kill(old.pid, 'SIGQUIT');
    if (tenths === 250) {
      throw new DomainError(
        'POSTGRES_ORPHAN',
        `An earlier database server (process ${old.pid}) still runs in ${cluster} and does not end; end it and start again.`,
        { pid: old.pid },
      );
    }
    await sleep(100);
  }
  rmSync(postmasterFile(cluster), { force: true });
}

function isServerOf(cluster: string, pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 1) return false;
  const { stdout } = spawnSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  const command = existsSync(`/proc/${pid}/cmdline`)
    ? readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
    : (stdout ?? '');
  return command.includes('postgres') && command.includes(cluster);
}

function postmasterFile(cluster: string): string {
  return path.join(cluster, 'postmaster.pid');
}
