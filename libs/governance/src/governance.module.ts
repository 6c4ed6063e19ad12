import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ApiKeyService } from './api-key.service.js';
import { AuditLog } from './ports/audit-log.js';
import { SqlAuditLog } from './persistence/sql-audit-log.js';
import { EnvironmentService } from './environment.service.js';
import {
  ApiKeyEntity,
  AuditLogEntity,
  EnvironmentEntity,
  IdempotencyKeyEntity,
  SecretEntity,
} from './persistence/governance.entities.js';

/** Global: every use case writes audit rows. */
@Global()
@Module({
  imports: [
    TypeOrmModule.forFeature([
      ApiKeyEntity,
      AuditLogEntity,
      EnvironmentEntity,
      IdempotencyKeyEntity,
      SecretEntity,
    ]),
  ],
  providers: [{ provide: AuditLog, useClass: SqlAuditLog }, ApiKeyService, EnvironmentService],
  exports: [AuditLog, ApiKeyService, EnvironmentService],
})
export class GovernanceModule {}
