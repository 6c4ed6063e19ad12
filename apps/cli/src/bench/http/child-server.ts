import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Guard } from '@app/embedded-postgres';

export interface ChildOrder {
  readonly script: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly guard: Guard;
  /** For Node itself, such as `--cpu-prof`. */
  readonly flags?: readonly string[];
  /** How long it may take to say that it is ready. */
  readonly withinMs?: number;
}

export interface Ready {
  readonly ready: string;
  readonly url: string;
  /** What it is called with, where it made that itself. */
  readonly key?: string;
}

/** Ticks a second in which Linux counts a process's time. */
const TICKS = 100;

/** A server in a process of its own, which says `{"ready": …, "url": …}` on its output once it listens. */
export class ChildServer {
  private constructor(
    private readonly child: ChildProcess,
    /** What it said when it was ready. */
    readonly said: Ready,
    private readonly guard: Guard,
  ) {}

  get url(): string {
    return this.said.url;
  }

  static async start(order: ChildOrder): Promise<ChildServer> {
    const child = spawn(process.execPath, [...(order.flags ?? []), order.script], {
      env: { ...process.env, ...order.env },
      cwd: order.cwd,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    order.guard.watch(child.pid!, 1, 'TERM');
    let words = '';
    child.stderr!.on('data', (chunk: Buffer) => (words = (words + chunk.toString()).slice(-2000)));
    const said = await new Promise<Ready>((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`${order.script} is not ready: ${words}`)),
        order.withinMs ?? 30_000,
      );
      child.once('exit', (code) => reject(new Error(`${order.script} ended (${code}): ${words}`)));
      createInterface(child.stdout!).on('line', (line) => {
        const ready = readyLine(line);
        if (ready === null) return;
        clearTimeout(late);
        resolve(ready);
      });
    });
    return new ChildServer(child, said, order.guard);
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** Processor time spent so far, in seconds; null where the system does not tell. */
  cpuSeconds(): number | null {
    try {
      const fields = readFileSync(`/proc/${this.child.pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
      return (Number(fields[11]) + Number(fields[12])) / TICKS;
    } catch {
      return null;
    }
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill(signal);
      await ended;
    }
    this.guard.forget(this.child.pid!);
  }
}

function readyLine(line: string): Ready | null {
  try {
    const said = JSON.parse(line) as Partial<Ready>;
    return said.ready !== undefined && said.url !== undefined ? (said as Ready) : null;
  } catch {
    return null;
  }
}
