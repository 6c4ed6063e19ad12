import { randomBytes } from 'node:crypto';
import { plainDataSource } from '@app/database';
import { type Clock, uuidv7 } from '@app/kernel';
import type { DataSource } from 'typeorm';
import { formatApiKey, hashSecret, newApiKeyText, newSalt } from '../domain/api-key-text.js';

/** Anything that runs SQL: a data source, an entity manager. */
export interface SqlRunner {
  query(sql: string, parameters?: unknown[]): Promise<unknown>;
}

/** Any fixed number: one first run at a time. */
const FIRST_RUN_LOCK = 7_220_002;

const ENVIRONMENTS = [
  { key: 'production', name: 'Production' },
  { key: 'staging', name: 'Staging' },
];

/** Creates the two environments every instance begins with, and the secrets they need. Safe to repeat. */
export async function seedEnvironments(runner: SqlRunner, clock: Clock): Promise<void> {
  for (const { key, name } of ENVIRONMENTS) {
    await runner.query(
      `INSERT INTO environments (key, name, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
      [key, name, clock.now()],
    );
    await ensureSecret(runner, key, 'assignment-token', clock);
  }
}

/** A secret of an environment, made at its first use; every process reads the same one. */
export async function ensureSecret(
  runner: SqlRunner,
  environment: string,
  purpose: 'assignment-token' | 'erasure',
  clock: Clock,
): Promise<string> {
  await runner.query(
    `INSERT INTO secrets (environment, purpose, value, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
    [environment, purpose, randomBytes(32).toString('base64url'), clock.now()],
  );
  const rows = (await runner.query(`SELECT value FROM secrets WHERE environment = $1 AND purpose = $2`, [
    environment,
    purpose,
  ])) as Array<{ value: string }>;
  return rows[0]!.value;
}

/** Starts virtual time where the given clock stands; does nothing when it already runs. */
export async function seedVirtualClock(runner: SqlRunner, clock: Clock): Promise<void> {
  await runner.query(`INSERT INTO virtual_clock (now) VALUES ($1) ON CONFLICT DO NOTHING`, [clock.now()]);
}

/**
 * Prepares a migrated database for its first use: environments, their secrets, and one admin key.
 *
 * @param where an open data source, or the address of the database
 * @returns the text of the admin key, shown once; null when the instance has keys already
 */
export async function ensureFirstAdminKey(where: DataSource | string, clock: Clock): Promise<string | null> {
  if (typeof where !== 'string') return prepare(where, clock);
  const source = plainDataSource({ url: where, poolSize: 1, applicationName: 'contender-first-run' });
  await source.initialize();
  try {
    return await prepare(source, clock);
  } finally {
    await source.destroy();
  }
}

async function prepare(source: DataSource, clock: Clock): Promise<string | null> {
  return source.transaction(async (manager) => {
    await manager.query('SELECT pg_advisory_xact_lock($1)', [FIRST_RUN_LOCK]);
    await seedEnvironments(manager, clock);
    const [{ any }] = (await manager.query('SELECT EXISTS (SELECT FROM api_keys) AS any')) as [
      { any: boolean },
    ];
    if (any) return null;
    const key = newApiKeyText(null, 'admin');
    const salt = newSalt();
    const now = clock.now();
    await manager.query(
      `INSERT INTO api_keys (id, key_id, name, environment, role, salt, hash, created_by, created_at)
       VALUES ($1, $2, 'first admin', NULL, 'admin', $3, $4, 'first run', $5)`,
      [uuidv7(now), key.keyId, salt, hashSecret(salt, key.secret), now],
    );
    await manager.query(
      `INSERT INTO audit_log (at, actor, action, subject_type, subject_key, reason)
       VALUES ($1, 'first run', 'api-key.create', 'api-key', $2, 'the first admin key of this instance')`,
      [now, key.keyId],
    );
    return formatApiKey(key);
  });
}
