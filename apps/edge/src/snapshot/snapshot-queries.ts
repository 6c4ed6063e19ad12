import type { ClientBase } from 'pg';
import type { PublishedStep } from './loading/ruleset-book.js';
import type { Access, KnownKey, PublishedRuleset, RulesetVersion } from './snapshot.js';

/** Channel notified by whoever publishes a ruleset. */
export const RULESET_CHANNEL = 'contender_ruleset';

/** The newest version of every environment that is newer than what is held; bodies stay where they are. */
const NEWER_VERSIONS = `
  SELECT e.key AS environment, r.version
  FROM environments e
  LEFT JOIN unnest($1::text[], $2::bigint[]) AS held (environment, version) ON held.environment = e.key
  CROSS JOIN LATERAL (
    SELECT version FROM rulesets
    WHERE environment = e.key AND version > coalesce(held.version, 0)
    ORDER BY version DESC LIMIT 1
  ) r`;

const RULESET = 'SELECT body FROM rulesets WHERE environment = $1 AND version = $2';

/** Each costs a walk over all keys: more of them take longer than reading the whole. */
const STEPS_AT_MOST = 32;

/**
 * The deltas beside the versions after $2 up to $3, oldest first; none where they are many, or together as long as the
 * whole. Lengths are told by what is stored beside a text: none is unpacked for them.
 */
const STEPS = `
  WITH steps AS (
    SELECT version, delta FROM rulesets WHERE environment = $1 AND version > $2 AND version <= $3
    ORDER BY version LIMIT ${STEPS_AT_MOST + 1}
  )
  SELECT version, delta FROM steps
  WHERE (SELECT count(*) FROM steps) <= ${STEPS_AT_MOST}
    AND (SELECT sum(octet_length(delta)) FROM steps)
      < (SELECT octet_length(body) FROM rulesets WHERE environment = $1 AND version = $3)
  ORDER BY version`;

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

export async function readNewerVersions(
  client: ClientBase,
  held: ReadonlyMap<string, number>,
): Promise<RulesetVersion[]> {
  const { rows } = await client.query<{ environment: string; version: string }>(NEWER_VERSIONS, [
    [...held.keys()],
    [...held.values()],
  ]);
  return rows.map(({ environment, version }) => ({ environment, version: Number(version) }));
}

/** @throws Error when there is none, or the database does not answer */
export async function readRuleset(
  client: ClientBase,
  { environment, version }: RulesetVersion,
): Promise<PublishedRuleset> {
  const { rows } = await client.query<{ body: string }>(RULESET, [environment, version]);
  const [row] = rows;
  if (!row) throw new Error(`ruleset ${version} of ${environment} is gone`);
  return { environment, version, body: row.body };
}

export async function readSteps(
  client: ClientBase,
  base: number,
  { environment, version }: RulesetVersion,
): Promise<PublishedStep[]> {
  const { rows } = await client.query<{ version: string; delta: string | null }>(STEPS, [
    environment,
    base,
    version,
  ]);
  return rows.map((row) => ({ version: Number(row.version), delta: row.delta }));
}
