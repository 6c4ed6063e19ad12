import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DomainError } from '@app/kernel';
import { canWalkTo, type DatabaseUser } from './database-user.js';

/** Folders that a reboot keeps come first. */
const PARENTS = ['/var/lib', '/var/tmp', '/tmp'];

/**
 * Makes a folder that the database's user can walk to, for a cluster whose data folder is under one that it
 * cannot (root's 0700 home, a `mktemp -d`). Its name is random: a folder of somebody else is never taken over.
 *
 * @throws DomainError `POSTGRES_NO_SHELTER`
 */
export function makeShelter(user: DatabaseUser, belongsTo: string): string {
  for (const parent of PARENTS) {
    try {
      if (!canWalkTo(parent, user)) continue;
      const shelter = mkdtempSync(path.join(parent, 'contender-'));
      chmodSync(shelter, 0o711);
      writeFileSync(
        path.join(shelter, 'README'),
        `This is the database of ${belongsTo}, whose folders the database's user cannot walk through.\n` +
          'Delete it when that folder is gone.\n',
      );
      return shelter;
    } catch {
      // Not there or not writable: try the next.
    }
  }
  throw new DomainError(
    'POSTGRES_NO_SHELTER',
    `The database's user cannot reach ${belongsTo}, and none of ${PARENTS.join(', ')} takes a folder for it; set DATABASE_URL or CONTENDER_DATA_DIR.`,
    { belongsTo },
  );
}
