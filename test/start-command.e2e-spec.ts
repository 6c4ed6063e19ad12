import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, readState } from '@app/embedded-postgres';

jest.setTimeout(120_000);

/** The built program as `npm start` runs it, with the real processes. */
describe('the start command', () => {
  const base = mkdtempSync(path.join(tmpdir(), 'contender-command-'));
  const dataDir = path.join(base, 'data');
  const running = new Set<ChildProcess>();

  const run = (variables: NodeJS.ProcessEnv, ...args: string[]): Run => {
    const child = spawn(process.execPath, [path.join(__dirname, '../dist/apps/cli/src/main.js'), ...args], {
      env: { PATH: process.env.PATH, CONTENDER_DATA_DIR: dataDir, ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    const said = { out: '', err: '' };
    child.stdout.on('data', (data) => (said.out += String(data)));
    child.stderr.on('data', (data) => (said.err += String(data)));
    const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
    return { child, said, ended };
  };
  const startOn = async (control: number, edge: number): Promise<Run> => {
    const started = run(
      { CONTENDER_CONTROL_PORT: String(control), CONTENDER_EDGE_PORT: String(edge) },
      'start',
    );
    const over = started.ended.then(() => 'over' as const);
    while (!started.said.out.includes('Stop with Ctrl-C')) {
      if ((await Promise.race([over, sleep(50)])) === 'over') throw new Error(started.said.err);
    }
    return started;
  };

  afterAll(() => {
    for (const child of running) child.kill('SIGKILL');
    const { shelter } = readState(dataDir).postgres ?? {};
    for (const folder of [base, shelter]) if (folder) rmSync(folder, { recursive: true, force: true });
  });

  it('leaves nothing running after kill -9, finds its data again, and ends with 0 on Ctrl-C', async () => {
    const [control, edge] = [await freePort(), await freePort()];
    const first = await startOn(control, edge);
    expect(first.said.out).toMatch(/First admin key[^]*ck_all_admin_/);
    const pids = processesOf(dataDir);
    expect(pids.filter(alive)).toHaveLength(4);
    first.child.kill('SIGKILL');
    // At once: the second start waits for what the first one's guard still has to end.
    const second = await startOn(control, edge);
    expect(pids.filter(alive)).toEqual([]);
    expect(second.said.out).not.toContain('ck_all_admin_');
    const left = processesOf(dataDir);
    second.child.kill('SIGINT');
    expect(await second.ended).toBe(0);
    expect(left.filter(alive)).toEqual([]);
  });

  it.each([
    [{ DATABASE_URL: 'mysql://here' }, /DATABASE_URL must look like postgres:/],
    [{ DATABASE_URL: 'postgres://u:p@127.0.0.1:1/x' }, /u:\*\*\*@127\.0\.0\.1:1.*ECONNREFUSED/],
    [
      { CONTENDER_CONTROL_PORT: 'http', CONTENDER_CLOCK: 'moon' },
      /CONTENDER_CONTROL_PORT .*; CONTENDER_CLOCK /,
    ],
    [{ CONTENDER_CLOCK: 'virtual', CONTENDER_HOST: '0.0.0.0' }, /must be a loopback address/],
    [{ CONTENDER_DATA_DIR: '/dev/null' }, /data directory .* cannot be written to/],
  ])('says in one line what is wrong with %j', async (variables, line) => {
    const { ended, said } = run(variables as NodeJS.ProcessEnv, 'start', '--json');
    expect(await ended).toBe(1);
    expect(said.err.trim()).toMatch(line);
    expect(said.err.trim().split('\n')).toHaveLength(1);
    expect(said.out).toBe('');
  });

  it('answers an unknown command with the list of those there are, and 2', async () => {
    const { ended, said } = run({}, 'strat');
    expect(await ended).toBe(2);
    expect(said.err).toMatch(/no command "strat"[^]*start {2,}everything/);
  });
});

interface Run {
  child: ChildProcess;
  said: { out: string; err: string };
  ended: Promise<number | null>;
}

function processesOf(dataDir: string): number[] {
  const { processes = [], postgres } = readState(dataDir);
  return [...processes.map(({ pid }) => pid), postgres!.pid!];
}

/** A zombie that nobody has collected yet is not alive. */
function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    const stat = `/proc/${pid}/stat`;
    return !existsSync(stat) || !/\) Z /.test(readFileSync(stat, 'utf8'));
  } catch {
    return false;
  }
}
