import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readState } from './data-state.js';
import { EmbeddedPostgres } from './embedded-postgres.js';
import type { Guard } from './guard.js';

export interface ThrowAwayPostgres {
  readonly url: string;
  readonly postgres: EmbeddedPostgres;
  /** Its data folder, gone after `stop`. */
  readonly dataDir: string;
  stop(): Promise<void>;
}

/** A cluster in a temporary folder; both end with `stop`, or with this process however that ends. */
export async function startThrowAwayPostgres(
  guard: Guard,
  options: { onUnexpectedExit?: (how: string) => void; settings?: Record<string, string> } = {},
): Promise<ThrowAwayPostgres> {
  const base = mkdtempSync(path.join(tmpdir(), 'contender-test-'));
  const dataDir = path.join(base, 'data');
  guard.removeLater(base);
  const postgres = new EmbeddedPostgres({ ...options, dataDir, guard, throwAway: true });
  const stop = async (): Promise<void> => {
    await postgres.stop();
    for (const folder of [base, shelterOf(dataDir)]) {
      if (!folder) continue;
      rmSync(folder, { recursive: true, force: true });
      guard.keep(folder);
    }
  };
  try {
    const url = await postgres.start();
    const shelter = shelterOf(dataDir);
    if (shelter) guard.removeLater(shelter);
    return { url, postgres, dataDir, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function shelterOf(dataDir: string): string | undefined {
  try {
    return readState(dataDir).postgres?.shelter;
  } catch {
    return undefined;
  }
}
