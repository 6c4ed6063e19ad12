import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { Clock } from '@app/kernel';
import { LessThan, type FindOptionsWhere } from 'typeorm';
import { type Page, pageOf, type PageRequest, readNumberCursor } from '../domain/page.js';
import { type AuditEntry, type AuditFilter, AuditLog, type AuditRow } from '../ports/audit-log.js';
import { AuditLogEntity } from './governance.entities.js';

@Injectable()
export class SqlAuditLog extends AuditLog {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    super();
  }

  async record(entry: AuditEntry): Promise<void> {
    await this.database.manager.insert(AuditLogEntity, {
      at: this.clock.now(),
      actor: entry.actor.name,
      action: entry.action,
      subjectType: entry.subjectType,
      subjectKey: entry.subjectKey,
      environment: entry.environment ?? null,
      reason: entry.reason ?? null,
      before: (entry.before ?? null) as object,
      after: (entry.after ?? null) as object,
      requestId: entry.requestId ?? entry.actor.requestId ?? null,
    });
  }

  async list(filter: AuditFilter, page: PageRequest): Promise<Page<AuditRow>> {
    const before = readNumberCursor(page);
    const where: FindOptionsWhere<AuditLogEntity> = Object.fromEntries(
      Object.entries(filter).filter(([, value]) => value !== undefined),
    );
    if (before !== null) where.id = LessThan(before);
    const rows = await this.database.manager.find(AuditLogEntity, {
      where,
      order: { id: 'DESC' },
      take: page.limit + 1,
    });
    return pageOf(rows, page, (row) => row.id);
  }
}
