import { ControlError } from './control.errors.js';

/** Node and Postgres codes that say that the database cannot be reached at the moment. */
const AWAY = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EPIPE',
  '57P01',
  '57P02',
  '57P03',
  '53300',
  // Two changes met in a way the database could only end by refusing one.
  '40001',
  '40P01',
  '08000',
  '08003',
  '08006',
]);

/** Values that pass every rule and that Postgres cannot hold: a NUL in a text, a time before its calendar. */
const UNSTORABLE = new Set(['22021', '22P05', '22008', '22003']);

const AWAY_MESSAGE =
  /connection terminated|timeout exceeded when trying to connect|client has encountered a connection error/i;

/** The problem to answer when the database is away; null when the error is another. */
export function databaseProblem(thrown: unknown): ControlError | null {
  for (let error: unknown = thrown; error instanceof Error; error = inner(error)) {
    const code = (error as { code?: unknown }).code;
    if (typeof code === 'string' && UNSTORABLE.has(code)) {
      return new ControlError(
        'REQUEST_NOT_VALID',
        `a value cannot be stored: ${error.message}`,
        {},
        { cause: thrown },
      );
    }
    if ((typeof code === 'string' && AWAY.has(code)) || AWAY_MESSAGE.test(error.message)) {
      return new ControlError(
        'DATABASE_UNAVAILABLE',
        'the database cannot be reached; nothing was changed, try again',
        {},
        { cause: thrown },
      );
    }
  }
  return null;
}

function inner(error: Error): unknown {
  return (error as { driverError?: unknown }).driverError ?? error.cause;
}
