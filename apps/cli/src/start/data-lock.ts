import { DomainError } from '@app/kernel';
import { FolderLocked, lockFolder } from '@app/spool';

/**
 * Takes the data folder for this process until the returned function is called.
 * @throws DomainError `ALREADY_RUNNING` another one works with it
 */
export function lockDataDir(dataDir: string): () => void {
  try {
    return lockFolder(dataDir, 'contender.lock');
  } catch (error) {
    if (!(error instanceof FolderLocked)) throw error;
    const { pid } = error;
    throw new DomainError(
      'ALREADY_RUNNING',
      `Contender already runs with the data directory ${dataDir} (process ${pid}); stop it first, or set CONTENDER_DATA_DIR and other ports for a second one.`,
      { dataDir, pid },
    );
  }
}
