import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { Clock } from '@app/kernel';
import { LessThan, type FindOptionsWhere } from 'typeorm';
import type { Actor } from './domain/actor.js';
import { type Page, pageOf, type PageRequest, readNumberCursor } from './domain/page.js';
import { AuditLogEntity } from './persistence/governance.entities.js';

/** One change, as it is written down. */
export interface AuditEntry {
  readonly actor: Actor;
  /** Verb of the subject, e.g. `experiment.start`. */
  readonly action: string;
  readonly subjectType: string;
  readonly subjectKey: string;
  readonly environment?: string | null;
  readonly before?: unknown;
  readonly after?: unknown;
  readonly reason?: string | null;
  readonly requestId?: string;
}

/** One change, as it is read back. */
export interface AuditRow {
  readonly id: number;
  readonly at: Date;
  readonly actor: string;
  readonly action: string;
  readonly subjectType: string;
  readonly subjectKey: string;
  readonly environment: string | null;
  readonly reason: string | null;
  readonly before: unknown;
  readonly after: unknown;
  readonly requestId: string | null;
}

export interface AuditFilter {
  readonly actor?: string;
  readonly action?: string;
  readonly subjectType?: string;
  readonly subjectKey?: string;
  readonly environment?: string;
}

/** What was changed, by whom and why: append-only, written in the transaction of the change itself. */
@Injectable()
export class AuditLog {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

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

  /** Newest first. */
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
