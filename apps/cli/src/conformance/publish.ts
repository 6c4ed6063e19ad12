import { randomUUID } from 'node:crypto';
import type { Ruleset } from '@app/bucketing';
import { Client } from 'pg';
import type { ConformanceInstance } from './context.js';
import { until } from './until.js';

/**
 * Puts rules of somebody else's into force in an environment that the instance's own publisher leaves alone, past the
 * control plane, which has no words for some of them. Resolves when the edge serves them.
 */
export async function publishForeign(
  instance: ConformanceInstance,
  { environment, key }: { environment: string; key: string },
  make: (version: number) => Ruleset,
): Promise<void> {
  const client = new Client({ connectionString: instance.stack.databaseUrl });
  await client.connect();
  let version: number;
  try {
    const { rows } = await client.query<{ next: number }>(
      'SELECT coalesce(max(version), 0)::int + 1 AS next FROM rulesets WHERE environment = $1',
      [environment],
    );
    version = rows[0]!.next;
    const ruleset = make(version);
    await client.query(
      `INSERT INTO rulesets (environment, version, format, digest, body, cause, published_at)
       VALUES ($1, $2, $3, $4, $5, 'conformance', now())`,
      [environment, version, ruleset.format, randomUUID(), JSON.stringify(ruleset)],
    );
    await client.query(`SELECT pg_notify('contender_ruleset', $1)`, [environment]);
  } finally {
    await client.end();
  }
  await until(
    async () => {
      const answer = await fetch(`${instance.edgeUrl}/api/v1/ruleset`, {
        headers: { authorization: `Bearer ${key}` },
      });
      return answer.status === 200 ? ((await answer.json()) as Ruleset).version : answer.status;
    },
    (served) => served === version,
  );
}

/** A service key of an environment. */
export async function serviceKey({ control }: ConformanceInstance, environment: string): Promise<string> {
  const { key } = await control.post<{ key: string }>('/api/v1/api-keys', {
    name: `third-party clients of ${environment}`,
    environment,
    role: 'service',
  });
  return key;
}
