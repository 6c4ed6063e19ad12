import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { Clock, uuidv7 } from '@app/kernel';
import type { Actor } from './domain/actor.js';
import { GovernanceError } from './domain/governance.errors.js';
import {
  formatApiKey,
  hashSecret,
  type KeyRole,
  newApiKeyText,
  newSalt,
  parseApiKey,
  secretMatches,
} from './domain/api-key-text.js';
import { type Page, pageOf, type PageRequest, readCursor } from './domain/page.js';
import { AuditLog } from './ports/audit-log.js';
import { EnvironmentService } from './environment.service.js';
import { ApiKeyEntity } from './persistence/governance.entities.js';

/** A key without its secret, which nobody can read back. */
export interface ApiKey {
  readonly id: string;
  readonly keyId: string;
  readonly name: string;
  readonly environment: string | null;
  readonly role: KeyRole;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly revokedAt: Date | null;
}

@Injectable()
export class ApiKeyService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
    private readonly environments: EnvironmentService,
  ) {}

  /** Makes a key; its text is in the answer and nowhere else, ever. */
  async create(
    input: { name: string; role: KeyRole; environment?: string | null },
    actor: Actor,
  ): Promise<ApiKey & { key: string }> {
    const environment = input.environment ?? null;
    if (input.role === 'service' && environment === null) {
      throw new GovernanceError('SERVICE_KEY_NEEDS_ENVIRONMENT', 'a service key belongs to one environment');
    }
    return this.database.transaction(async () => {
      if (environment !== null) await this.environments.require(environment, actor);
      else if (actor.environment != null) {
        throw new GovernanceError(
          'ENVIRONMENT_NOT_ALLOWED',
          `this key belongs to ${actor.environment}; it cannot make a key for every environment`,
        );
      }
      const { row, text } = newApiKeyRow({ ...input, environment, createdBy: actor.name }, this.clock);
      await this.database.manager.insert(ApiKeyEntity, row);
      await this.audit.record({
        actor,
        action: 'api-key.create',
        subjectType: 'api-key',
        subjectKey: row.keyId,
        environment,
        after: view(row),
      });
      return { ...view(row), key: text };
    });
  }

  /** Oldest first; an actor of one environment sees the keys of that one. */
  async list(page: PageRequest, actor: Actor): Promise<Page<ApiKey>> {
    const after = readCursor(page);
    const query = this.database.manager
      .createQueryBuilder(ApiKeyEntity, 'key')
      .orderBy('key.id', 'ASC')
      .take(page.limit + 1);
    if (after !== null) query.andWhere('key.id::text > :after', { after });
    if (actor.environment != null) {
      query.andWhere('key.environment = :environment', { environment: actor.environment });
    }
    return pageOf((await query.getMany()).map(view), page, (key) => key.id);
  }

  async revoke(id: string, actor: Actor): Promise<ApiKey> {
    return this.database.transaction(async () => {
      const row = await this.database.manager.findOne(ApiKeyEntity, {
        where: { id },
        lock: { mode: 'pessimistic_write' },
      });
      if (!row || (actor.environment != null && row.environment !== actor.environment)) {
        throw new GovernanceError('API_KEY_UNKNOWN', `there is no API key with the id ${id}`);
      }
      if (row.revokedAt) return view(row);
      await this.refuseLastAdmin(row);
      const revoked = { ...row, revokedAt: this.clock.now() };
      await this.database.manager.update(ApiKeyEntity, { id }, { revokedAt: revoked.revokedAt });
      await this.audit.record({
        actor,
        action: 'api-key.revoke',
        subjectType: 'api-key',
        subjectKey: row.keyId,
        environment: row.environment,
        before: view(row),
        after: view(revoked),
      });
      return view(revoked);
    });
  }

  /** Who presents this key. */
  async authenticate(token: string): Promise<Actor> {
    const text = parseApiKey(token);
    const row = text && (await this.database.manager.findOneBy(ApiKeyEntity, { keyId: text.keyId }));
    if (!text || !row || !secretMatches(row, text.secret)) {
      throw new GovernanceError('API_KEY_NOT_VALID', 'this API key is not known');
    }
    if (row.revokedAt) {
      throw new GovernanceError(
        'API_KEY_REVOKED',
        `the API key ${row.keyId} was revoked at ${row.revokedAt.toISOString()}`,
      );
    }
    return {
      name: row.name,
      role: row.role,
      kind: row.role === 'service' ? 'machine' : 'human',
      environment: row.environment,
    };
  }

  /** Without this an instance could lock everybody out for good. */
  private async refuseLastAdmin(row: ApiKeyEntity): Promise<void> {
    if (row.role !== 'admin' || row.environment !== null) return;
    // Locking every remaining admin key makes two revocations at once wait for each other.
    const others = await this.database.query<{ id: string }>(
      `SELECT id FROM api_keys
       WHERE role = 'admin' AND environment IS NULL AND revoked_at IS NULL AND id <> $1 ORDER BY id FOR UPDATE`,
      [row.id],
    );
    if (others.length === 0) {
      throw new GovernanceError(
        'LAST_ADMIN_KEY',
        'the last admin key cannot be revoked; create another first',
      );
    }
  }
}

/** A row to store and the text to show once. */
export function newApiKeyRow(
  input: { name: string; role: KeyRole; environment: string | null; createdBy: string },
  clock: Clock,
): { row: ApiKeyEntity; text: string } {
  const key = newApiKeyText(input.environment, input.role);
  const salt = newSalt();
  return {
    text: formatApiKey(key),
    row: {
      id: uuidv7(clock.now()),
      keyId: key.keyId,
      name: input.name,
      environment: input.environment,
      role: input.role,
      salt,
      hash: hashSecret(salt, key.secret),
      createdBy: input.createdBy,
      createdAt: clock.now(),
      revokedAt: null,
    },
  };
}

function view(row: ApiKeyEntity): ApiKey {
  const { id, keyId, name, environment, role, createdBy, createdAt, revokedAt } = row;
  return { id, keyId, name, environment, role, createdBy, createdAt, revokedAt };
}
