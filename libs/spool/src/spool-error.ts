import { DomainError } from '@app/kernel';

/** No room: the spool's own limit, or the disk's. Nothing of what was given is kept. */
export class SpoolFull extends DomainError<'SPOOL_FULL'> {
  constructor(message: string, cause?: unknown) {
    super('SPOOL_FULL', message, {}, cause === undefined ? undefined : { cause });
    this.name = 'SpoolFull';
  }
}

/** The disk failed, or the spool is closed. Nothing of what was given is known to be kept. */
export class SpoolFailed extends DomainError<'SPOOL_FAILED'> {
  constructor(message: string, cause?: unknown) {
    super('SPOOL_FAILED', message, {}, cause === undefined ? undefined : { cause });
    this.name = 'SpoolFailed';
  }
}

const NO_ROOM = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** A failure of the file system in our words. */
export function spoolError(cause: unknown): SpoolFull | SpoolFailed {
  const { code, message } = (cause ?? {}) as { code?: string; message?: string };
  return code !== undefined && NO_ROOM.has(code)
    ? new SpoolFull(`the disk of the spool is full (${code})`, cause)
    : new SpoolFailed(`the spool cannot be written: ${message ?? String(cause)}`, cause);
}
