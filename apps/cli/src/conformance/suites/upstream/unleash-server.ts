import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { Client } from 'pg';
import { until } from '../../until.js';

const CLIENT_TOKEN = '*:production.contender-reads';
const ADMIN_TOKEN = '*:*.contender-writes';
const DATABASE = 'unleash';
/** Its migrations run on the first start. */
const START_SECONDS = 180;

/** unleash-server itself, in a process of its own, on a database of its own in the embedded cluster. */
export class UnleashServer {
  private child: ChildProcess | undefined;
  private words = '';

  private constructor(
    private readonly folder: string,
    private readonly port: number,
  ) {}

  /** An address for it; nobody answers there until `start`. */
  static async at(folder: string): Promise<UnleashServer> {
    return new UnleashServer(folder, await freePort());
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** What a worker is told to follow it. */
  get environment(): NodeJS.ProcessEnv {
    return { UNLEASH_URL: this.url, UNLEASH_API_TOKEN: CLIENT_TOKEN, UNLEASH_ADMIN_TOKEN: ADMIN_TOKEN };
  }

  /** Ready when it resolves. @param databaseUrl of any database in the cluster it may use */
  async start(databaseUrl: string): Promise<void> {
    const child = spawn(process.execPath, ['node_modules/unleash-server/dist/server.js'], {
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        TZ: 'UTC',
        NODE_ENV: 'production',
        HTTP_HOST: '127.0.0.1',
        HTTP_PORT: String(this.port),
        DATABASE_URL: await ownDatabase(databaseUrl),
        DATABASE_SSL: 'false',
        INIT_ADMIN_API_TOKENS: ADMIN_TOKEN,
        INIT_BACKEND_API_TOKENS: CLIENT_TOKEN,
        CHECK_VERSION: 'false',
        SEND_TELEMETRY: 'false',
        LOG_LEVEL: 'error',
      },
    });
    this.child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream
        .setEncoding('utf8')
        .on('data', (text: string) => (this.words = (this.words + text).slice(-2000)));
    }
    await until(
      async () => {
        if (child.exitCode !== null) throw new Error(`unleash-server ended: ${this.words}`);
        return fetch(`${this.url}/health`).then(
          (answer) => answer.ok,
          () => false,
        );
      },
      (ready) => ready,
      START_SECONDS,
    );
  }

  /** As a machine that loses power would. */
  async kill(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  /** Makes a flag in the default project, turned off. */
  async createFlag(name: string, constraints: unknown[] = []): Promise<void> {
    await this.admin('POST', '/projects/default/features', { name, type: 'kill-switch' });
    await this.admin('POST', `${feature(name)}/environments/production/strategies`, {
      name: 'flexibleRollout',
      constraints,
      parameters: { rollout: '100', stickiness: 'default', groupId: name },
    });
  }

  async turn(name: string, on: boolean): Promise<void> {
    await this.admin('POST', `${feature(name)}/environments/production/${on ? 'on' : 'off'}`);
  }

  /** Whether a flag is on, and the percentages of its strategies. */
  async shown(name: string): Promise<{ on: boolean; percents: string[] } | null> {
    const found = await this.admin<{
      environments: Array<{
        name: string;
        enabled: boolean;
        strategies: Array<{ parameters: { rollout: string } }>;
      }>;
    }>('GET', feature(name)).catch((error: unknown) => {
      if (/ 404/.test(String(error))) return null;
      throw error;
    });
    const there = found?.environments.find((one) => one.name === 'production');
    return there
      ? { on: there.enabled, percents: there.strategies.map((one) => one.parameters.rollout) }
      : null;
  }

  private async admin<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(`${this.url}/api/admin${path}`, {
      method,
      headers: { authorization: ADMIN_TOKEN, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 300)}`);
    return (text === '' || !text.startsWith('{') ? undefined : JSON.parse(text)) as T;
  }
}

const feature = (name: string): string => `/projects/default/features/${encodeURIComponent(name)}`;

async function ownDatabase(databaseUrl: string): Promise<string> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
  const url = new URL(databaseUrl);
  url.pathname = path.posix.join('/', DATABASE);
  return url.href;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
