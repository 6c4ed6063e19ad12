import { randomBytes } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DomainError } from '@app/kernel';
import type { Binaries } from './binaries.js';
import type { DatabaseUser } from './database-user.js';
import { ROLE } from './running-address.js';

/** Nothing of the caller's environment reaches the database. */
export const DATABASE_ENV = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' };

/** Passwords over loopback only; there is no socket, and no `trust` anywhere. */
const HBA = `# Written by Contender.\nhost all all 127.0.0.1/32 scram-sha-256\n`;

/** Reads the password kept at `file` (0600), or makes one. */
export function keptPassword(file: string, clusterExists: boolean): string {
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  if (clusterExists) {
    throw new DomainError(
      'POSTGRES_PASSWORD_MISSING',
      `The database is there, but its password file ${file} is gone; put it back, or move the data folder away to begin anew.`,
      { file },
    );
  }
  const password = randomBytes(24).toString('base64url');
  writeFileSync(`${file}.new`, `${password}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return password;
}

export interface InitClusterOptions {
  readonly binaries: Binaries;
  readonly cluster: string;
  readonly user: DatabaseUser | undefined;
  readonly password: string;
  readonly throwAway: boolean;
}

/**
 * Creates a cluster beside its final place and renames it there: an interrupted start leaves no half of one.
 * @throws DomainError `POSTGRES_INIT_FAILED`
 */
export function initCluster({ binaries, cluster, user, password, throwAway }: InitClusterOptions): void {
  const workshop = `${cluster}.new`;
  rmSync(workshop, { recursive: true, force: true });
  mkdirSync(workshop, { mode: 0o700 });
  const data = path.join(workshop, 'data');
  const passwordFile = path.join(workshop, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  mkdirSync(data, { mode: 0o700 });
  if (user) for (const file of [workshop, passwordFile, data]) chownSync(file, user.uid, user.gid);

  const result = spawnSync(
    path.join(binaries, 'bin', 'initdb'),
    [
      `--pgdata=${data}`,
      `--username=${ROLE}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--no-instructions',
      ...(throwAway ? ['--no-sync'] : []),
    ],
    { ...user, cwd: '/', encoding: 'utf8', env: DATABASE_ENV, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  rmSync(passwordFile, { force: true });
  if (result.status !== 0) {
    rmSync(workshop, { recursive: true, force: true });
    const said = (result.error?.message ?? result.stderr ?? '').trim().split('\n');
    const reason =
      said.find((line) => /error|fatal|cannot|could not/i.test(line)) ?? said.at(-1) ?? 'no message';
    throw new DomainError(
      'POSTGRES_INIT_FAILED',
      `The database could not be created in ${cluster}: ${reason}`,
      {
        cluster,
        said,
      },
    );
  }
  writeFileSync(path.join(data, 'pg_hba.conf'), HBA, { mode: 0o600 });
  renameSync(data, cluster);
  rmSync(workshop, { recursive: true, force: true });
}
