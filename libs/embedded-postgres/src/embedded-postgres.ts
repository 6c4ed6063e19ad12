import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError } from '@app/kernel';
import { Client } from 'pg';
import { usableBinaries, type Binaries } from './binaries.js';
import { clusterPlace, type ClusterPlace } from './cluster-place.js';
import { openDataDir } from './data-dir.js';
import { readState, updateState } from './data-state.js';
import { freePort } from './free-port.js';
import type { Guard } from './guard.js';
import { initCluster, keptPassword } from './init-cluster.js';
import { spawnPostmaster } from './postmaster.js';
import { clearStalePostmaster } from './stale-postmaster.js';
import { addressOn, PASSWORD_FILE, ROLE } from './running-address.js';

const MAJOR = '18';

export interface EmbeddedPostgresOptions {
  readonly dataDir: string;
  readonly guard: Guard;
  /** Gives durability away for speed; for clusters nobody will miss. */
  readonly throwAway?: boolean;
  readonly settings?: Readonly<Record<string, string>>;
  /** Called when the server ends and nobody asked it to. */
  readonly onUnexpectedExit?: (how: string) => void;
}

/**
 * A real PostgreSQL in a data folder: created on the first start, found again on the next.
 *
 * It listens on 127.0.0.1 only, with a generated password kept in a 0600 file. The caller must hold the
 * data folder (two starts at once would fight over the cluster).
 */
export class EmbeddedPostgres {
  private child: ChildProcess | undefined;
  private port = 0;
  private stopping = false;

  constructor(private readonly options: EmbeddedPostgresOptions) {}

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** The folder of the running cluster. */
  get cluster(): string {
    return readState(this.options.dataDir).postgres?.cluster ?? '';
  }

  /**
   * Starts it; the same port as before when that is free.
   * @returns the address of its database, with the password
   * @throws DomainError `DATA_DIR_NOT_WRITABLE`, `POSTGRES_*`
   */
  async start(): Promise<string> {
    const dataDir = openDataDir(this.options.dataDir);
    const place = clusterPlace(dataDir);
    const password = keptPassword(path.join(dataDir, PASSWORD_FILE), place.exists);
    const binaries = usableBinaries(place.user, () => place.shelter());
    if (!place.exists) {
      initCluster({ binaries, ...place, password, throwAway: this.options.throwAway ?? false });
    }
    requireVersion(place.cluster);
    await clearStalePostmaster(place.cluster);
    this.port ||= await freePort(readState(dataDir).postgres?.port);
    this.stopping = false;
    this.child = await this.launch(dataDir, place, binaries);
    const { postgres } = readState(dataDir);
    if (this.options.throwAway && postgres?.shelter) this.options.guard.removeLater(postgres.shelter);
    updateState(dataDir, {
      postgres: { ...postgres, cluster: place.cluster, port: this.port, pid: this.child.pid },
    });
    return ensureDatabase(password, this.port);
  }

  /** Fast shutdown: running transactions are rolled back. Ended by force after `graceMs`. */
  async stop(graceMs = 10_000): Promise<void> {
    const child = this.child;
    this.stopping = true;
    this.child = undefined;
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGINT');
    const force = setTimeout(() => killGroup(child), graceMs);
    await ended;
    clearTimeout(force);
  }

  /** At once, without waiting for anything; the next start recovers. */
  quit(): void {
    this.stopping = true;
    this.child?.kill('SIGQUIT');
  }

  /** Sends a signal to the server itself; for tests of crashes. */
  kill(signal: NodeJS.Signals): void {
    this.child?.kill(signal);
  }

  private async launch(dataDir: string, place: ClusterPlace, binaries: Binaries): Promise<ChildProcess> {
    const { guard } = this.options;
    for (let attempt = 1; ; attempt += 1) {
      let pid = 0;
      try {
        const child = await spawnPostmaster({
          binaries,
          cluster: place.cluster,
          user: place.user,
          port: this.port,
          logFile: path.join(dataDir, 'logs', 'postgres.log'),
          settings: settingsFor(this.options),
          onSpawn: (spawned) => {
            pid = spawned;
            guard.watch(pid, 9, 'INT');
          },
        });
        child.once('exit', (code, signal) => {
          guard.forget(pid);
          if (this.child === child) this.child = undefined;
          if (!this.stopping) this.options.onUnexpectedExit?.(signal ?? `exit code ${code}`);
        });
        return child;
      } catch (error) {
        guard.forget(pid);
        // After kill -9 the old server's workers need a moment to notice and let go.
        const passing = /shared memory block|could not create any TCP|lock file/.test(String(error));
        if (!passing || attempt === 20) throw error;
        await sleep(300);
      }
    }
  }
}

/**
 * What many events want, in a machine that does other work as well; docker-compose.yml says the same. Ids come in no
 * order, so that after each checkpoint nearly every key writes a whole page into the log: fewer checkpoints, smaller pages,
 * and more of the keys in memory.
 */
const FOR_EVENTS = {
  shared_buffers: '512MB',
  max_wal_size: '4GB',
  checkpoint_timeout: '15min',
  wal_compression: 'on',
};

function settingsFor({ throwAway, settings }: EmbeddedPostgresOptions): Record<string, string> {
  return {
    max_connections: '200',
    timezone: 'UTC',
    log_timezone: 'UTC',
    password_encryption: 'scram-sha-256',
    // Every failed statement whole, batches included, would fill the disk when something keeps failing.
    log_min_error_statement: 'fatal',
    ...(throwAway
      ? // Commits still reach the operating system, so that a killed server forgets nothing it acknowledged.
        { fsync: 'off', full_page_writes: 'off', max_wal_size: '2GB' }
      : FOR_EVENTS),
    ...settings,
  };
}

async function ensureDatabase(password: string, port: number): Promise<string> {
  const client = new Client({ connectionString: addressOn(port, password, 'postgres') });
  // A server that dies between two of our statements says so by this event, which unheard ends the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [ROLE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${ROLE}`);
  } catch (cause) {
    throw new DomainError(
      'POSTGRES_LOGIN_FAILED',
      `The database on port ${port} refused us: ${(cause as Error).message}`,
      { port },
      { cause },
    );
  } finally {
    await client.end().catch(() => undefined);
  }
  return addressOn(port, password);
}

function requireVersion(cluster: string): void {
  const file = path.join(cluster, 'PG_VERSION');
  const version = existsSync(file) ? readFileSync(file, 'utf8').trim() : 'unknown';
  if (version === MAJOR) return;
  throw new DomainError(
    'POSTGRES_VERSION',
    `The database in ${cluster} is from PostgreSQL ${version}, this is ${MAJOR}; move its data over or set DATABASE_URL.`,
    { cluster, version },
  );
}

function killGroup(child: ChildProcess): void {
  try {
    if (child.pid) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It ended in this moment.
  }
}
