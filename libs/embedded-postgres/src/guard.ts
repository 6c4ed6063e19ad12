import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

/** Order in which the guard ends what is left behind: the data plane first, the database last. */
export type GuardOrder = 1 | 2 | 3 | 9;

/**
 * Makes sure that processes end with their supervisor, even when it is ended by kill -9.
 *
 * A detached shell (`tools/guard.sh`) holds the reading end of a pipe; the kernel closes the pipe when
 * this process ends, however it ends, and the shell then ends what is still watched.
 */
export class Guard {
  private readonly lines = new Map<string, string>();
  private shell: ChildProcess;
  private closed = false;

  constructor() {
    this.shell = this.launch();
  }

  /** `pid` leads its own process group. `seconds` is how long it may take after `signal`. */
  watch(pid: number, order: GuardOrder, signal: 'INT' | 'TERM', seconds = 10): void {
    this.say(`pid:${pid}`, `watch ${order} ${pid} ${signal} ${seconds}`);
  }

  forget(pid: number): void {
    if (this.lines.delete(`pid:${pid}`)) this.write(`forget ${pid}`);
  }

  /** Deletes `folder` when this process ends. */
  removeLater(folder: string): void {
    this.say(`folder:${folder}`, `remove ${folder}`);
  }

  keep(folder: string): void {
    if (this.lines.delete(`folder:${folder}`)) this.write(`keep ${folder}`);
  }

  /** Ends what is still watched and the guard itself. */
  close(): void {
    this.closed = true;
    this.shell.stdin?.end();
  }

  private say(key: string, line: string): void {
    this.lines.set(key, line);
    this.write(line);
  }

  private write(line: string): void {
    this.shell.stdin?.write(`${line}\n`);
  }

  private launch(): ChildProcess {
    const shell = spawn('/bin/sh', [guardScript()], {
      detached: true,
      cwd: '/',
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    // The guard must not keep its supervisor's event loop alive.
    shell.unref();
    (shell.stdin as unknown as { unref(): void }).unref();
    shell.stdin?.on('error', () => undefined);
    shell.on('error', () => undefined);
    shell.once('exit', () => {
      if (this.closed) return;
      this.shell = this.launch();
      for (const line of this.lines.values()) this.write(line);
    });
    return shell;
  }
}

/** The script sits in the repository's `tools/`, above both `libs/` and `dist/libs/`. */
function guardScript(): string {
  for (let folder = __dirname; ; folder = path.dirname(folder)) {
    const script = path.join(folder, 'tools', 'guard.sh');
    if (existsSync(script)) return script;
    if (folder === path.dirname(folder)) throw new Error('tools/guard.sh is missing');
  }
}
