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

/** Ticks a second in which Linux counts a process's time. */
const TICKS = 100;

/** A server in a process of its own, which says `{"ready": …, "url": …}` on its output once it listens. */
export class ChildServer {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    private readonly guard: Guard,
  ) {}

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
    const url = await new Promise<string>((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`${order.script} is not ready: ${words}`)),
        order.withinMs ?? 30_000,
      );
      child.once('exit', (code) => reject(new Error(`${order.script} ended (${code}): ${words}`)));
      createInterface(child.stdout!).on('line', (line) => {
        const said = readyLine(line);
        if (said === null) return;
        clearTimeout(late);
        resolve(said);
      });
    });
    return new ChildServer(child, url, order.guard);
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

function readyLine(line: string): string | null {
  try {
    const said = JSON.parse(line) as { ready?: string; url?: string };
    return said.ready !== undefined && said.url !== undefined ? said.url : null;
  } catch {
    return null;
  }
}
