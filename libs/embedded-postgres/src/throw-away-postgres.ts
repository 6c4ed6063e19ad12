import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readState } from './data-state.js';
import { EmbeddedPostgres } from './embedded-postgres.js';
import type { Guard } from './guard.js';

/** A data folder that ends with `remove`, or with this process however that ends. */
export interface TemporaryDataDir {
  readonly dataDir: string;
  /** Takes the folder outside with it that a cluster may have needed. */
  remove(): void;
}

export function temporaryDataDir(guard: Guard): TemporaryDataDir {
  const base = mkdtempSync(path.join(tmpdir(), 'contender-'));
  // As root the database is another user, who must be able to walk through.
  chmodSync(base, 0o711);
  const dataDir = path.join(base, 'data');
  guard.removeLater(base);
  return {
    dataDir,
    remove: () => {
      for (const folder of [readState(dataDir).postgres?.shelter, base]) {
        if (!folder) continue;
        rmSync(folder, { recursive: true, force: true });
        guard.keep(folder);
      }
    },
  };
}

export interface ThrowAwayPostgres {
  readonly url: string;
  stop(): Promise<void>;
}

/** A cluster in a temporary folder. */
export async function startThrowAwayPostgres(guard: Guard): Promise<ThrowAwayPostgres> {
  const home = temporaryDataDir(guard);
  const postgres = new EmbeddedPostgres({ dataDir: home.dataDir, guard, throwAway: true });
  const stop = async (): Promise<void> => {
    await postgres.stop();
    home.remove();
  };
  try {
    return { url: await postgres.start(), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
