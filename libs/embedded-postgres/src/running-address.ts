import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readState } from './data-state.js';

/** The database's one role, which owns a database of its own name. */
export const ROLE = 'contender';

export const PASSWORD_FILE = 'postgres-password';

/** Where the embedded server of a data folder answers. */
export function addressOn(port: number, password: string, database: string = ROLE): string {
  return `postgres://${ROLE}:${password}@127.0.0.1:${port}/${database}`;
}

/**
 * Address of the embedded server that another process runs on this data folder; undefined when none was ever started.
 * Whether it still answers shows when it is asked.
 */
export function knownAddress(dataDir: string): string | undefined {
  const file = path.join(dataDir, PASSWORD_FILE);
  const port = readState(dataDir).postgres?.port;
  if (port === undefined || !existsSync(file)) return undefined;
  return addressOn(port, readFileSync(file, 'utf8').trim());
}
