/** One line of JSON a happening. Never bodies, headers, tokens or keys: only what the caller of this puts in. */
export function log(
  level: 'info' | 'warn' | 'error',
  message: string,
  facts: Record<string, unknown> = {},
): void {
  console.error(JSON.stringify({ at: new Date().toISOString(), level, process: 'edge', message, ...facts }));
}

/** An error's own words, with anything that looks like a password in an address taken out. */
export function wordsOf(error: unknown): string {
  const { message, code, errors } = (error ?? {}) as { message?: string; code?: string; errors?: unknown[] };
  // A refused connection to a name with several addresses has no words of its own.
  const words = message || code || (Array.isArray(errors) ? wordsOf(errors[0]) : String(error));
  return words.replace(/:\/\/[^@\s]*@/g, '://…@');
}
