import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '@app/embedded-postgres';
import { createEmptyDatabase, type TestDatabase } from '@app/testing';
import { parse } from 'yaml';
import { untilReady } from '../apps/cli/src/start/readiness.js';

interface Service {
  readonly command: string[];
  readonly environment: Record<string, string | number>;
}

const ROOT = path.join(__dirname, '..');
const compose = parse(readFileSync(path.join(ROOT, 'docker-compose.yml'), 'utf8'), { merge: true }) as {
  services: Record<string, Service>;
};
const CONFIGS = {
  migrate: 'apps/cli/src/start/config.ts',
  control: 'apps/control/src/config.ts',
  edge: 'apps/edge/src/config.ts',
  worker: 'apps/worker/src/config.ts',
};
type Name = keyof typeof CONFIGS;

/** What every process reads, whatever it is. */
const BASE = 'libs/config/src/process-config.ts';

/** Every process is told these, and reads of them what it needs. */
const COMMON = new Set(['CONTENDER_HOST']);

jest.setTimeout(90_000);

describe('docker-compose.yml', () => {
  it.each(Object.keys(CONFIGS) as Name[])('tells %s only what its configuration knows', (name) => {
    const text = [BASE, CONFIGS[name]].map((file) => readFileSync(path.join(ROOT, file), 'utf8')).join('\n');
    const known = new Set([...text.matchAll(/^  ([A-Z][A-Z_]+)[!?]?(?::| =)/gm)].map((match) => match[1]));
    const told = Object.keys(compose.services[name]!.environment);
    expect(told).toContain('DATABASE_URL');
    expect(told.filter((variable) => !known.has(variable) && !COMMON.has(variable))).toEqual([]);
  });

  describe('its commands, with its variables', () => {
    let database: TestDatabase;
    const folder = mkdtempSync(path.join(tmpdir(), 'contender-compose-'));
    const children: ReturnType<typeof spawn>[] = [];
    const ports = { control: 0, edge: 0 };

    beforeAll(async () => {
      database = await createEmptyDatabase();
      ports.control = await freePort();
      ports.edge = await freePort();
    });
    afterAll(async () => {
      await Promise.all(
        children.map(async (child) => {
          const ended = new Promise((resolve) => child.once('exit', resolve));
          if (child.exitCode === null && child.kill('SIGTERM')) await ended;
        }),
      );
      rmSync(folder, { recursive: true });
      await database.drop();
    });

    /** The same names; addresses of this machine instead of the containers'. */
    const environmentOf = (name: Name): NodeJS.ProcessEnv => {
      const here: Record<string, string> = {
        DATABASE_URL: database.url,
        CONTENDER_HOST: '127.0.0.1',
        CONTENDER_CONTROL_PORT: String(ports.control),
        CONTENDER_EDGE_PORT: String(ports.edge),
        CONTENDER_CONTROL_PUBLIC_URL: `http://127.0.0.1:${ports.control}`,
        CONTENDER_EDGE_PUBLIC_URL: `http://127.0.0.1:${ports.edge}`,
      };
      const names = Object.keys(compose.services[name]!.environment);
      return {
        PATH: process.env.PATH,
        CONTENDER_DATA_DIR: folder,
        ...Object.fromEntries(names.map((variable) => [variable, here[variable]])),
      };
    };
    const commandOf = (name: Name): [string, string[]] => {
      const [program, ...args] = compose.services[name]!.command;
      expect(program).toBe('node');
      expect(existsSync(path.join(ROOT, args[0]!))).toBe(true);
      return [process.execPath, args];
    };

    it('migrate an empty database and print the first admin key', () => {
      const [program, args] = commandOf('migrate');
      const result = spawnSync(program, args, { cwd: ROOT, env: environmentOf('migrate'), encoding: 'utf8' });
      expect({ status: result.status, stderr: result.stderr }).toEqual({ status: 0, stderr: '' });
      expect(result.stdout).toMatch(/First admin key.*: ck_/);
    });

    it('bring both planes up, and a worker beside them', async () => {
      for (const name of ['control', 'edge', 'worker'] as const) {
        const [program, args] = commandOf(name);
        children.push(spawn(program, args, { cwd: ROOT, env: environmentOf(name), stdio: 'ignore' }));
      }
      await untilReady('control', `http://127.0.0.1:${ports.control}`, { limitMs: 60_000 });
      await untilReady('edge', `http://127.0.0.1:${ports.edge}`, { limitMs: 60_000 });
      expect(children.map((child) => child.exitCode)).toEqual([null, null, null]);
    });
  });
});
