import { DomainError } from '@app/kernel';
import { Client } from 'pg';
import { reasonOf } from './failure.js';

/**
 * Proves that a database somebody gave us answers, before anything is started on it.
 * @throws DomainError `DATABASE_UNREACHABLE`; the message never holds the password
 */
export async function requireDatabase(url: string): Promise<void> {
  let client: Client | undefined;
  try {
    client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
    client.on('error', () => undefined);
    await client.connect();
    await client.query('SELECT 1');
  } catch (cause) {
    throw new DomainError(
      'DATABASE_UNREACHABLE',
      `The database of DATABASE_URL (${withoutPassword(url)}) cannot be used: ${reasonOf(cause)}.`,
      {},
      { cause },
    );
  } finally {
    await client?.end().catch(() => undefined);
  }
}

export function withoutPassword(url: string): string {
  try {
    const address = new URL(url);
    if (address.password) address.password = '***';
    for (const name of address.searchParams.keys()) {
      if (/password/i.test(name)) address.searchParams.set(name, '***');
    }
    return address.toString();
  } catch {
    return 'not a valid address';
  }
}
