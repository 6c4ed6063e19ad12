import type { PageRequest } from '@app/governance';
import type { Holdout, HoldoutState } from '../domain/holdout.js';

export interface HoldoutFilter {
  readonly environment?: string;
  readonly task?: string;
  readonly state?: HoldoutState;
}

export abstract class HoldoutStore {
  /**
   * Writes a holdout and takes its tasks. What it is measured by stands with its subject.
   *
   * @returns what stands in its way: its own key, or another holdout's with the task that one holds; null when nothing
   */
  abstract insert(
    holdout: Holdout,
  ): Promise<{ readonly holdout: string; readonly task: string | null } | null>;
  /** State, dates of start and end, and revision; an ended one gives its tasks back. */
  abstract save(holdout: Holdout): Promise<void>;
  abstract byKey(key: string): Promise<Holdout | null>;
  /** Nobody else changes it until the transaction ends. */
  abstract forUpdate(where: { readonly key: string } | { readonly id: string }): Promise<Holdout | null>;
  /** By key; one row more than asked when there are more. */
  abstract list(filter: HoldoutFilter, page: PageRequest): Promise<Holdout[]>;
  /** When a worker looks at it next; null: never. */
  abstract plan(id: string, dueAt: Date | null): Promise<void>;
}
