import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Guard } from './guard.js';

describe('Guard', () => {
  const endless = (script = 'setInterval(() => {}, 1000)'): ChildProcess & { pid: number } =>
    spawn(process.execPath, ['-e', script], { detached: true, stdio: 'ignore' }) as ChildProcess & {
      pid: number;
    };

  it('ends what is watched in order, and deletes what is throw-away, when its pipe closes', async () => {
    const guard = new Guard();
    const notes = mkdtempSync(path.join(tmpdir(), 'contender-guard-'));
    const ends = path.join(notes, 'ends');
    // They write themselves: exits that are noticed at once are not reported in their order.
    const children = ['database', 'edge', 'worker'].map((name) =>
      endless(
        `const fs = require('node:fs');
         const end = () => { fs.appendFileSync('${ends}', '${name} '); process.exit(); };
         for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, end);
         setInterval(() => {}, 1000);
         fs.writeFileSync('${notes}/${name}', '')`,
      ),
    );
    await until(() => ['database', 'edge', 'worker'].every((name) => existsSync(path.join(notes, name))));
    const [database, edge, worker] = children as [
      (typeof children)[0],
      (typeof children)[0],
      (typeof children)[0],
    ];
    guard.watch(database.pid, 9, 'INT');
    guard.watch(edge.pid, 1, 'TERM');
    guard.watch(worker.pid, 2, 'TERM');
    const folder = mkdtempSync(path.join(tmpdir(), 'contender-guard-'));
    guard.removeLater(folder);
    guard.close();
    await until(() => children.every(({ exitCode }) => exitCode !== null) && !existsSync(folder));
    expect(readFileSync(ends, 'utf8')).toBe('edge worker database ');
    rmSync(notes, { recursive: true });
  });

  it('leaves alone what it was told to forget and keep', async () => {
    const guard = new Guard();
    const [kept, other] = [endless(), endless()];
    const folder = mkdtempSync(path.join(tmpdir(), 'contender-guard-'));
    guard.watch(kept.pid, 1, 'TERM');
    guard.watch(other.pid, 2, 'TERM');
    guard.removeLater(folder);
    guard.forget(kept.pid);
    guard.keep(folder);
    guard.close();
    await until(() => other.signalCode !== null);
    expect(kept.signalCode).toBeNull();
    expect(existsSync(folder)).toBe(true);
    kept.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });

  it('ends by force a process that does not listen', async () => {
    const guard = new Guard();
    const heard = path.join(mkdtempSync(path.join(tmpdir(), 'contender-guard-')), 'heard');
    const touch = (when: string): string => `require('node:fs').writeFileSync('${heard}-${when}', '')`;
    const deaf = endless(
      `process.on('SIGTERM', () => ${touch('it')}); setInterval(() => {}, 1000); ${touch('start')}`,
    );
    await until(() => existsSync(`${heard}-start`));
    guard.watch(deaf.pid, 1, 'TERM', 1);
    guard.close();
    await until(() => deaf.signalCode !== null);
    expect(deaf.signalCode).toBe('SIGKILL');
    expect(existsSync(`${heard}-it`)).toBe(true);
    rmSync(path.dirname(heard), { recursive: true });
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(20);
}
