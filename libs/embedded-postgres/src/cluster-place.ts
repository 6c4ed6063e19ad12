import { spawnSync } from 'node:child_process';
import { existsSync, renameSync } from 'node:fs';
import path from 'node:path';
import { DomainError } from '@app/kernel';
import { canWalkTo, databaseUser, ownerOf, type DatabaseUser } from './database-user.js';
import { readState, updateState } from './data-state.js';
import { makeShelter } from './shelter.js';

/** Where a data folder's cluster lives and who runs it. */
export interface ClusterPlace {
  readonly cluster: string;
  readonly exists: boolean;
  readonly user: DatabaseUser | undefined;
  /** The folder outside the data folder, made when first asked for and remembered. */
  shelter(): string;
}

/** Decides it on the first start, and finds it again on later ones. */
export function clusterPlace(dataDir: string): ClusterPlace {
  const shelter = (): string => {
    const { postgres } = readState(dataDir);
    if (postgres?.shelter && existsSync(postgres.shelter)) return postgres.shelter;
    const made = makeShelter(databaseUser() ?? ownerOf(dataDir), dataDir);
    updateState(dataDir, { postgres: { cluster: inside, ...postgres, shelter: made } });
    return made;
  };
  const inside = path.join(dataDir, 'postgres');
  const recorded = readState(dataDir).postgres?.cluster;
  // A recorded folder counts only while it is outside: a data folder may have been moved with its cluster.
  const known = recorded && isCluster(recorded) && !isCluster(inside) ? recorded : inside;
  const exists = isCluster(known);
  const user = runner(known, exists);
  if (!user || canWalkTo(exists ? path.dirname(known) : dataDir, user)) {
    return { cluster: known, exists, user, shelter };
  }
  const outside = path.join(shelter(), 'postgres');
  if (exists) move(known, outside);
  return { cluster: outside, exists: isCluster(outside), user, shelter };
}

/** A cluster is run by its owner; root's own copy of one is given to the database's user. */
function runner(cluster: string, exists: boolean): DatabaseUser | undefined {
  const user = databaseUser();
  if (!user || !exists) return user;
  const owner = ownerOf(cluster);
  if (owner.uid !== 0) return owner;
  run('chown', ['-R', `${user.uid}:${user.gid}`, cluster]);
  return user;
}

function isCluster(folder: string): boolean {
  return existsSync(path.join(folder, 'PG_VERSION'));
}

function move(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch {
    // Another file system: the old one goes only after the new one is whole.
    run('cp', ['-a', from, `${to}.new`]);
    renameSync(`${to}.new`, to);
    run('rm', ['-rf', from]);
  }
}

function run(command: string, args: string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) {
    throw new DomainError('POSTGRES_MOVE_FAILED', `${command} ${args.join(' ')}: ${stderr.trim()}`, {});
  }
}
