import { setTimeout as sleep } from 'node:timers/promises';
import { readState } from '@app/embedded-postgres';
import { beginningOf } from '@app/spool';

/**
 * After kill -9 of a supervisor its guard ends the processes it left, which takes a moment; a start right
 * after waits for them, and ends by force what is still there. The caller holds the data folder.
 */
export async function endLeftovers(dataDir: string): Promise<void> {
  const left = (readState(dataDir).processes ?? []).filter(({ pid, began }) => lives(pid, began));
  for (let tenths = 0; left.some(({ pid, began }) => lives(pid, began)); tenths += 1) {
    if (tenths === 20) for (const { pid } of left) signal(pid, 'SIGTERM');
    if (tenths === 120) for (const { pid } of left) signal(-pid, 'SIGKILL');
    if (tenths > 150) return;
    await sleep(100);
  }
}

function lives(pid: number, began: string): boolean {
  return began !== '' && beginningOf(pid) === began;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended in this moment.
  }
}
