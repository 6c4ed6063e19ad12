import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError } from '@app/kernel';
import type { Binaries } from './binaries.js';
import type { DatabaseUser } from './database-user.js';
import { DATABASE_ENV } from './init-cluster.js';
import { readPostmasterFile } from './stale-postmaster.js';

export interface PostmasterOptions {
  readonly binaries: Binaries;
  readonly cluster: string;
  readonly user: DatabaseUser | undefined;
  readonly port: number;
  readonly logFile: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly onSpawn: (pid: number) => void;
}

/**
 * Starts the server in its own process group and waits until it takes connections.
 * @throws DomainError `POSTGRES_START_FAILED` with the server's own reason
 */
export async function spawnPostmaster(options: PostmasterOptions): Promise<ChildProcess> {
  const { binaries, cluster, user, port, logFile, settings } = options;
  const log = openSync(logFile, 'a', 0o600);
  const before = statSync(logFile).size;
  const set = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(
    path.join(binaries, 'bin', 'postgres'),
    ['-D', cluster, '-p', String(port), '-k', '', '-c', 'listen_addresses=127.0.0.1', ...set],
    { ...user, cwd: '/', env: DATABASE_ENV, detached: true, stdio: ['ignore', log, log] },
  );
  closeSync(log);
  let failure: string | undefined;
  child.once('error', (error) => (failure = error.message));
  child.once('exit', () => (failure ??= reasonIn(logFile, before)));
  if (child.pid !== undefined) options.onSpawn(child.pid);

  for (const started = performance.now(); failure === undefined; await sleep(20)) {
    const file = readPostmasterFile(cluster);
    if (file?.ready && file.pid === child.pid) return child;
    if (performance.now() - started > 120_000) {
      child.kill('SIGKILL');
      failure = 'it did not take connections within two minutes';
    }
  }
  throw new DomainError('POSTGRES_START_FAILED', `The database in ${cluster} did not start: ${failure}`, {
    cluster,
    logFile,
  });
}

/** The last complaint the server wrote after `from`. */
function reasonIn(logFile: string, from: number): string {
  const said = readFileSync(logFile).subarray(from).toString('utf8').trim().split('\n');
  const complaint = said.findLast((line) => /FATAL|PANIC|error while loading/.test(line)) ?? said.at(-1);
  return complaint?.replace(/^.*?(FATAL|PANIC):\s*/, '') || `see ${logFile}`;
}
