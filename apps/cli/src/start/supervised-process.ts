import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import type { Guard, GuardOrder } from '@app/embedded-postgres';

/** What is run: a script for this Node, and its environment. */
export interface Program {
  readonly role: 'control' | 'edge' | 'worker';
  readonly name: string;
  readonly script: string;
  readonly env: NodeJS.ProcessEnv;
  readonly order: GuardOrder;
  readonly logFile: string;
}

export interface Watchers {
  readonly guard: Guard;
  readonly say: (line: string) => void;
  readonly onStarted: (name: string, pid: number) => void;
  /** Ended before it was ready: a restart would not help. */
  readonly onFailedStart: (reason: string) => void;
  readonly longestPauseMs?: number;
}

const LOG_LIMIT_BYTES = 20_000_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;
/** After running this long, an end counts as the first one again. */
const STEADY_MS = 60_000;

/** A child process in a group of its own that is started again, with growing pauses, when it dies. */
export class SupervisedProcess {
  private child: ChildProcess | undefined;
  private ended: Promise<void> = Promise.resolve();
  private stopping = false;
  private ready = false;
  private pauseMs = FIRST_PAUSE_MS;
  private run = { began: 0, logFrom: 0 };
  private timer: NodeJS.Timeout | undefined;

  constructor(
    readonly program: Program,
    private readonly watchers: Watchers,
  ) {}

  get pid(): number | undefined {
    return this.child?.pid;
  }

  start(): void {
    const { program, watchers } = this;
    rotate(program.logFile);
    const log = openSync(program.logFile, 'a', 0o600);
    const logFrom = statSync(program.logFile).size;
    // Its own group: Ctrl-C reaches the supervisor alone, which stops the others in order.
    const child = spawn(process.execPath, ['--enable-source-maps', program.script], {
      env: program.env,
      detached: true,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.run = { began: performance.now(), logFrom };
    this.child = child;
    const { pid } = child;
    if (pid !== undefined) {
      watchers.guard.watch(pid, program.order, 'TERM');
      watchers.onStarted(program.name, pid);
    }
    this.ended = new Promise((resolve) => {
      child.once('error', (error) => {
        resolve();
        this.onEnd(error.message);
      });
      child.once('exit', (code, signal) => {
        if (pid !== undefined) watchers.guard.forget(pid);
        resolve();
        this.onEnd(signal ?? `exit code ${code}`, signal === null);
      });
    });
  }

  /** From now on an unexpected end means a restart. */
  markReady(): void {
    this.ready = true;
  }

  kill(signal: NodeJS.Signals): void {
    this.child?.kill(signal);
  }

  /** Ends its whole group by force and for good. */
  quit(): void {
    this.stopping = true;
    clearTimeout(this.timer);
    if (this.child?.pid !== undefined) killGroup(this.child.pid);
  }

  /** Asks it to end, and ends its whole group by force after `graceMs`. */
  async stop(graceMs = 10_000): Promise<void> {
    this.stopping = true;
    clearTimeout(this.timer);
    const pid = this.child?.pid;
    if (pid === undefined) return;
    this.child?.kill('SIGTERM');
    const force = setTimeout(() => killGroup(pid), graceMs);
    await this.ended;
    clearTimeout(force);
  }

  private onEnd(how: string, byItself = false): void {
    this.child = undefined;
    if (this.stopping) return;
    const { name, logFile } = this.program;
    const said = byItself ? lastWords(logFile, this.run.logFrom) : '';
    const reason = `${name} ended (${how})${said ? `: ${said}` : ''}`;
    if (!this.ready) {
      this.stopping = true;
      this.watchers.onFailedStart(`${reason} – log: ${logFile}`);
      return;
    }
    if (performance.now() - this.run.began > STEADY_MS) this.pauseMs = FIRST_PAUSE_MS;
    this.watchers.say(`${reason}; starting it again in ${this.pauseMs / 1000} s (log: ${logFile})`);
    this.timer = setTimeout(() => this.start(), this.pauseMs);
    this.pauseMs = Math.min(this.pauseMs * 2, this.watchers.longestPauseMs ?? LONGEST_PAUSE_MS);
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended in this moment.
  }
}

function rotate(logFile: string): void {
  if (existsSync(logFile) && statSync(logFile).size > LOG_LIMIT_BYTES) renameSync(logFile, `${logFile}.1`);
}

/** The last line of this run that reads like a reason: an error's message rather than its stack. */
function lastWords(logFile: string, from: number): string {
  const lines = readFileSync(logFile).subarray(from).toString('utf8').slice(-8000).split('\n');
  const telling = lines.filter((line) => line.trim() !== '' && !/^\s+at |^Node\.js v|^[{}\s^]*$/.test(line));
  const complaint = telling.findLast((line) => /error|fatal|refused|cannot|must/i.test(line));
  return (complaint ?? telling.at(-1) ?? '').trim().slice(0, 300);
}
