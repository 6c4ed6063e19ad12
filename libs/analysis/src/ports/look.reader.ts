import type { Page, PageRequest } from '@app/governance';
import type { Look, LookSummary } from '../domain/look.js';

/** Stored looks of a subject. */
export abstract class LookReader {
  abstract latest(subjectId: string): Promise<Look | null>;
  /** The look that was the latest at a moment; null before the first. */
  abstract at(subjectId: string, moment: Date): Promise<Look | null>;
  abstract byId(id: string): Promise<Look | null>;
  /** Newest first. */
  abstract history(subjectId: string, page: PageRequest): Promise<Page<LookSummary>>;
  /** The last looks, oldest first, for plots. */
  abstract series(subjectId: string, limit: number): Promise<Look[]>;
}
