import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

/** Who the database runs as. */
export interface DatabaseUser {
  readonly uid: number;
  readonly gid: number;
}

const NOBODY = 65534;

/**
 * PostgreSQL refuses to run as root. As root it runs as "nobody", whom every system has (initdb wants an
 * entry in the list of users); no user is created. `undefined`: we are an ordinary user, and it runs as us.
 */
export function databaseUser(): DatabaseUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name, , uid, gid]) => ({ name, uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 }));
  const nobody = users.find((user) => user.uid === NOBODY) ?? users.find((user) => user.name === 'nobody');
  return nobody ? { uid: nobody.uid, gid: nobody.gid } : { uid: NOBODY, gid: NOBODY };
}

/** Who owns `folder`; a cluster must be run by its owner. */
export function ownerOf(folder: string): DatabaseUser {
  const { uid, gid } = statSync(folder);
  return { uid, gid };
}

/** Whether `user` may walk through every folder from the root down to and including `folder`. */
export function canWalkTo(folder: string, user: DatabaseUser): boolean {
  for (let step = path.resolve(folder); ; step = path.dirname(step)) {
    if (!allows(step, user, 0o1)) return false;
    if (step === path.dirname(step)) return true;
  }
}

/** Whether `user` may read everything under `folder`, and run what is in its `bin/`. */
export function canReadAll(folder: string, user: DatabaseUser): boolean {
  if (!canWalkTo(folder, user)) return false;
  return readdirSync(folder, { recursive: true, withFileTypes: true }).every((entry) => {
    if (entry.isSymbolicLink()) return true;
    const inBin = path.basename(entry.parentPath) === 'bin';
    return allows(path.join(entry.parentPath, entry.name), user, entry.isDirectory() || inBin ? 0o5 : 0o4);
  });
}

function allows(file: string, user: DatabaseUser, bits: number): boolean {
  const { mode, uid, gid } = statSync(file);
  const shift = uid === user.uid ? 6 : gid === user.gid ? 3 : 0;
  return ((mode >> shift) & bits) === bits;
}
