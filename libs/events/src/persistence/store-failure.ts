/** Socket errors of a database that is away, restarting or behind a broken network. */
const SOCKET = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
]);

/** Classes 08 connection, 53 resources (disk, memory, connections), 57P operator; 25006 a standby during failover. */
const SQLSTATE = /^(08...|53...|57P0.|25006)$/;

/** What the driver says without a code. */
const MESSAGE =
  /connection terminated|timeout exceeded when trying to connect|client has encountered a connection error|not queryable|pool after calling end/i;

/** Whether the store is away, as opposed to being asked something wrong. */
export function isUnavailable(error: unknown): boolean {
  const nested = (error as { errors?: unknown } | null)?.errors;
  if (Array.isArray(nested)) return nested.some(isUnavailable);
  const { code, message } = parts(error);
  return SOCKET.has(code) || SQLSTATE.test(code) || MESSAGE.test(message);
}

/** Whether the database does not take these very values; the same ones will never be taken. */
export function isNotStorable(error: unknown): boolean {
  return /^2[23]...$/.test(parts(error).code) && !lacksPartition(error);
}

/** Deadlock or serialisation failure: the statement did nothing and may be run again. */
export function isRepeatable(error: unknown): boolean {
  return ['40P01', '40001'].includes(parts(error).code);
}

/** "no partition of relation found for row". */
export function lacksPartition(error: unknown): boolean {
  const { code, message } = parts(error);
  return code === '23514' && message.includes('no partition');
}

/** By shape, not by class: errors of sockets and workers may come from another realm. */
function parts(error: unknown): { code: string; message: string } {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  return {
    code: typeof code === 'string' ? code : '',
    message: typeof message === 'string' ? message : '',
  };
}
