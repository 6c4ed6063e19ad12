import type { Actor } from '../domain/actor.js';
import type { Page, PageRequest } from '../domain/page.js';

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
export abstract class AuditLog {
  abstract record(entry: AuditEntry): Promise<void>;

  /** Newest first. */
  abstract list(filter: AuditFilter, page: PageRequest): Promise<Page<AuditRow>>;
}
