import { GovernanceError } from './governance.errors.js';

/** What part of a list is asked for. */
export interface PageRequest {
  readonly limit: number;
  /** Opaque: where the page before ended. */
  readonly cursor?: string;
}

/** A part of a list; `nextCursor` is null on the last page. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/** The sort key a cursor stands for, or null for the first page. */
export function readCursor(request: PageRequest): string | null {
  if (request.cursor === undefined) return null;
  const text = Buffer.from(request.cursor, 'base64url').toString('utf8');
  if (!text.startsWith('after:')) {
    throw new GovernanceError('CURSOR_NOT_VALID', `"${request.cursor}" is not a cursor of this list`);
  }
  return text.slice('after:'.length);
}

/** The sort key a cursor stands for when the list is sorted by a number. */
export function readNumberCursor(request: PageRequest): number | null {
  const text = readCursor(request);
  if (text === null) return null;
  if (!/^\d{1,15}$/.test(text)) {
    throw new GovernanceError('CURSOR_NOT_VALID', `"${request.cursor}" is not a cursor of this list`);
  }
  return Number(text);
}

/** A page from rows read with `limit + 1`: the extra row only says that there is more. */
export function pageOf<T>(
  rows: readonly T[],
  request: PageRequest,
  keyOf: (row: T) => string | number,
): Page<T> {
  const items = rows.slice(0, request.limit);
  const last = items.at(-1);
  const more = rows.length > request.limit && last !== undefined;
  return {
    items,
    nextCursor: more ? Buffer.from(`after:${keyOf(last)}`, 'utf8').toString('base64url') : null,
  };
}
