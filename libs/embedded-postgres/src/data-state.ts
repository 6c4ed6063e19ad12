import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DomainError } from '@app/kernel';

/** What `.data/contender.json` remembers from one start to the next. No secrets. */
export interface ContenderState {
  postgres?: {
    /** The cluster's folder; outside the data folder when the database's user cannot walk to it. */
    cluster: string;
    /** A folder outside the data folder that belongs to it, when one was needed. */
    shelter?: string;
    port?: number;
    pid?: number;
  };
  /** Where the planes answer while they run. */
  control?: string;
  edge?: string;
  /** The processes of the last start; `began` tells one from a later process with the same id. */
  processes?: { name: string; pid: number; began: string }[];
}

/** @throws DomainError `DATA_STATE_UNREADABLE` the file is there and is not ours */
export function readState(dataDir: string): ContenderState {
  const file = stateFile(dataDir);
  if (!existsSync(file)) return {};
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ContenderState;
  } catch (cause) {
    throw new DomainError('DATA_STATE_UNREADABLE', `${file} cannot be read: ${String(cause)}`, {}, { cause });
  }
}

/** Replaces the given parts; written aside and renamed, so that a crash leaves the old file or the new one. */
export function updateState(dataDir: string, change: ContenderState): ContenderState {
  const state = { ...readState(dataDir), ...change };
  const file = stateFile(dataDir);
  writeFileSync(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`);
  renameSync(`${file}.new`, file);
  return state;
}

function stateFile(dataDir: string): string {
  return path.join(dataDir, 'contender.json');
}
