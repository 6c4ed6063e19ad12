import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startStack, type Stack, type StackOptions } from '../apps/cli/src/start/stack.js';

const standIn = (name: string): string => path.join(__dirname, 'setup', 'stand-ins', `${name}.js`);

// Starting a database takes its time on a busy machine.
jest.setTimeout(60_000);

describe('startStack, with stand-ins for the three programs', () => {
  const base = mkdtempSync(path.join(tmpdir(), 'contender-start-'));
  // As root the database is another user, who must be able to walk through.
  chmodSync(base, 0o711);
  const dataDir = path.join(base, 'data');
  const running: Stack[] = [];
  const start = async (options: StackOptions = {}): Promise<Stack> => {
    const stack = await startStack({
      dataDir,
      scripts: { control: standIn('control'), edge: standIn('edge'), worker: standIn('worker') },
      prepareDatabase: async () => undefined,
      createFirstKey: async () => 'key',
      ...options,
    });
    running.push(stack);
    return stack;
  };

  const linesOf = (file: string): string[] =>
    existsSync(path.join(dataDir, file))
      ? readFileSync(path.join(dataDir, file), 'utf8').trim().split('\n')
      : [];

  beforeEach(() => {
    for (const file of ['listening.txt', 'stopped.txt']) rmSync(path.join(dataDir, file), { force: true });
  });
  afterEach(async () => void (await Promise.all(running.splice(0).map((stack) => stack.stop()))));
  afterAll(() => rmSync(base, { recursive: true, force: true }));

  it('answers on both planes, and stops in the order edge, worker, control, database', async () => {
    const stack = await start({ workers: 2 });
    expect((await fetch(stack.controlUrl)).status).toBe(200);
    expect((await fetch(stack.edgeUrl)).status).toBe(200);
    expect(stack.processes.workers).toHaveLength(2);
    const all = pidsOf(stack);
    await until(() => linesOf('listening.txt').length === all.length - 1);
    await stack.stop();
    expect(linesOf('stopped.txt')).toEqual(['edge', 'worker', 'worker', 'control']);
    expect(all.filter(alive)).toEqual([]);
  });

  it('starts again what was killed, the database on the same address', async () => {
    const told: string[] = [];
    const stack = await start({ say: (line) => told.push(line) });
    const before = stack.processes;
    for (const name of ['edge', 'worker', 'control', 'postgres']) stack.kill(name, 'SIGKILL');
    const names = ['control', 'edge', 'worker', 'postgres'] as const;
    const isNew = (name: (typeof names)[number]): boolean =>
      stack.processes[name] !== undefined && stack.processes[name] !== before[name];
    await until(() => names.every(isNew));
    await stack.ready();
    expect(told.join('\n')).toMatch(/edge ended \(SIGKILL\)[^]*starting it again/);
  });

  it('refuses a second start on the same data folder', async () => {
    await start();
    await expect(start()).rejects.toMatchObject({ code: 'ALREADY_RUNNING' });
  });

  it('names a busy port and the variable that changes it, and starts nothing', async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
    });
    const own = path.join(base, 'busy');
    await expect(start({ dataDir: own, edgePort: port })).rejects.toThrow(
      new RegExp(`Port ${port} .* already in use.*CONTENDER_EDGE_PORT`),
    );
    expect(existsSync(path.join(own, 'postgres'))).toBe(false);
    await new Promise((resolve) => server.close(resolve));
  });

  it('tells why a program did not start, and leaves nothing running', async () => {
    const own = path.join(base, 'broken');
    const broken = { control: standIn('control'), edge: standIn('broken'), worker: standIn('worker') };
    await expect(start({ dataDir: own, scripts: broken })).rejects.toThrow(
      /edge ended \(exit code 7\).*wheels/,
    );
    const { processes, postgres } = JSON.parse(readFileSync(path.join(own, 'contender.json'), 'utf8')) as {
      processes: { pid: number }[];
      postgres: { pid: number };
    };
    expect([...processes, postgres].map(({ pid }) => pid).filter(alive)).toEqual([]);
  });

  it('ends a start at once that waits for a database that hangs', async () => {
    const own = path.join(base, 'hanging');
    const enough = new AbortController();
    const starting = start({
      dataDir: own,
      signal: enough.signal,
      prepareDatabase: () => {
        enough.abort(new Error('enough'));
        return new Promise(() => undefined);
      },
    });
    await expect(starting).rejects.toThrow('enough');
    const { postgres } = JSON.parse(readFileSync(path.join(own, 'contender.json'), 'utf8')) as {
      postgres: { pid: number };
    };
    expect(alive(postgres.pid)).toBe(false);
  });

  it('says what is wrong with DATABASE_URL without its password', async () => {
    const failure = start({ databaseUrl: 'postgres://me:secret@127.0.0.1:1/none' });
    await expect(failure).rejects.toThrow(/127\.0\.0\.1:1\/none.*ECONNREFUSED/);
    await expect(failure).rejects.not.toThrow(/secret/);
  });

  it('refuses a data folder that is marked read-only', async () => {
    const own = path.join(base, 'read-only');
    mkdirSync(own, { mode: 0o500 });
    await expect(start({ dataDir: own })).rejects.toMatchObject({ code: 'DATA_DIR_NOT_WRITABLE' });
  });

  it('removes everything of a private instance', async () => {
    const stack = await start({ dataDir: undefined });
    expect(existsSync(stack.dataDir)).toBe(true);
    await stack.stop();
    expect(existsSync(stack.dataDir)).toBe(false);
  });
});

function pidsOf(stack: Stack): number[] {
  const { control, edge, workers, postgres } = stack.processes;
  return [control, edge, ...workers, postgres].filter((pid) => pid !== undefined);
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(20);
}
