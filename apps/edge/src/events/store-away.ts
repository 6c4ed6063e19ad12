import { StoreUnavailable } from '@app/events';

/** Neither the database nor the spool can take events now; nothing of what was given is acknowledged. */
export class CannotKeep extends Error {
  constructor(
    readonly code: 'STORE_UNAVAILABLE' | 'SPOOL_FULL',
    cause: unknown,
  ) {
    super('events can be kept neither in the database nor in the spool', { cause });
    this.name = 'CannotKeep';
  }
}

/** Whether storing may succeed later; a database that accepts and then says nothing is away too. */
export function isAway(error: unknown): boolean {
  return (
    error instanceof StoreUnavailable ||
    error instanceof CannotKeep ||
    /timeout/i.test((error as Error | null)?.message ?? '')
  );
}
