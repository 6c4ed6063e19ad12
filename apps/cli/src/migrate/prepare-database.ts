import { migrate, plainDataSource } from '@app/database';
import { ensureFirstAdminKey, seedEnvironments } from '@app/governance';
import { DomainError, SystemClock } from '@app/kernel';
import { reasonOf } from '../start/failure.js';

/**
 * Newest schema, and what every instance begins with; safe to repeat, and from several processes at once.
 * @returns names of the migrations applied now
 * @throws DomainError `MIGRATION_FAILED`
 */
export async function prepareDatabase(url: string): Promise<string[]> {
  try {
    const { applied } = await migrate({ url });
    const source = plainDataSource({ url, poolSize: 1, applicationName: 'contender-migrate' });
    await source.initialize();
    try {
      await seedEnvironments(source, new SystemClock());
    } finally {
      await source.destroy();
    }
    return applied;
  } catch (cause) {
    throw new DomainError(
      'MIGRATION_FAILED',
      `The database could not be brought to the newest schema: ${reasonOf(cause)}.`,
      {},
      { cause },
    );
  }
}

/** The first admin key, when this call created it; it cannot be read again. */
export async function createFirstKey(url: string): Promise<string> {
  return (await ensureFirstAdminKey(url, new SystemClock())) ?? '';
}
