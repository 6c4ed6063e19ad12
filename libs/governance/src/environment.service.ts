import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { Clock } from '@app/kernel';
import { type Actor, environmentAllowed } from './domain/actor.js';
import { GovernanceError } from './domain/governance.errors.js';
import { AuditLog } from './ports/audit-log.js';
import { EnvironmentEntity } from './persistence/governance.entities.js';
import { ensureSecret } from './persistence/first-run.js';

export interface Environment {
  readonly key: string;
  readonly name: string;
  readonly createdAt: Date;
}

@Injectable()
export class EnvironmentService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
  ) {}

  async list(): Promise<Environment[]> {
    return this.database.manager.find(EnvironmentEntity, { order: { key: 'ASC' } });
  }

  async create(input: { key: string; name?: string }, actor: Actor): Promise<Environment> {
    return this.database.transaction(async () => {
      const environment = { key: input.key, name: input.name ?? input.key, createdAt: this.clock.now() };
      const inserted = await this.database.query<{ key: string }>(
        `INSERT INTO environments (key, name, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING key`,
        [environment.key, environment.name, environment.createdAt],
      );
      if (inserted.length === 0) {
        throw new GovernanceError('KEY_TAKEN', `an environment "${input.key}" already exists`);
      }
      await ensureSecret(this.database.manager, input.key, 'assignment-token', this.clock);
      await this.audit.record({
        actor,
        action: 'environment.create',
        subjectType: 'environment',
        subjectKey: input.key,
        environment: input.key,
        after: environment,
      });
      return environment;
    });
  }

  /** Checks that an environment exists and that the actor may touch it. */
  async require(environment: string, actor: Actor): Promise<void> {
    if (!environmentAllowed(actor, environment)) {
      throw new GovernanceError(
        'ENVIRONMENT_NOT_ALLOWED',
        `this key belongs to ${actor.environment}; it may not touch ${environment}`,
      );
    }
    const found = await this.database.manager.existsBy(EnvironmentEntity, { key: environment });
    if (!found) {
      throw new GovernanceError('ENVIRONMENT_UNKNOWN', `there is no environment "${environment}"`);
    }
  }
}
