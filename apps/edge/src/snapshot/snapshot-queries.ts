import type { ClientBase } from 'pg';
import type { Access, KnownKey, PublishedRuleset } from './snapshot.js';

/** Channel notified by whoever publishes a ruleset. */
export const RULESET_CHANNEL = 'contender_ruleset';

/** The newest ruleset of every environment that is newer than what is held; bodies of the others stay where they are. */
const NEWER_RULESETS = `
  SELECT e.key AS environment, r.version, r.body
  FROM environments e
  LEFT JOIN unnest($1::text[], $2::bigint[]) AS held (environment, version) ON held.environment = e.key
  CROSS JOIN LATERAL (
    SELECT version, body FROM rulesets
    WHERE environment = e.key AND version > coalesce(held.version, 0)
    ORDER BY version DESC LIMIT 1
  ) r`;

const KEYS = `
  SELECT key_id AS "keyId", environment, salt, hash FROM api_keys
  WHERE role = 'service' AND revoked_at IS NULL ORDER BY key_id`;

const SECRETS = `
  SELECT environment, value FROM secrets WHERE purpose = 'assignment-token' ORDER BY environment`;

export async function readAccess(client: ClientBase): Promise<Access> {
  const keys = await client.query<KnownKey>(KEYS);
  const secrets = await client.query<{ environment: string; value: string }>(SECRETS);
  return {
    keys: keys.rows,
    secrets: Object.fromEntries(secrets.rows.map(({ environment, value }) => [environment, value])),
  };
}

export async function readNewerRulesets(
  client: ClientBase,
  held: ReadonlyMap<string, number>,
): Promise<PublishedRuleset[]> {
  const { rows } = await client.query<{ environment: string; version: string; body: string }>(
    NEWER_RULESETS,
    [[...held.keys()], [...held.values()]],
  );
  return rows.map(({ environment, version, body }) => ({ environment, version: Number(version), body }));
}
