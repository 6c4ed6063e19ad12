import type { Page, PageRequest } from '@app/governance';
import type { Receipt } from '../domain/receipt.js';
import type { Rollout } from '../domain/rollout.js';
import type { RolloutState } from '../domain/rollout-lifecycle.js';

export interface RolloutFilter {
  readonly task?: string;
  readonly environment?: string;
  readonly state?: RolloutState;
}

/**
 * Where rollouts and their receipts are kept.
 *
 * Every change runs in `transaction` and begins with `lock`: the row lock is what makes two workers, or a worker and
 * a person, move a rollout one after the other.
 */
export abstract class RolloutStore {
  /** Runs work as one step: all of it or nothing. Nested calls join. */
  abstract transaction<T>(work: () => Promise<T>): Promise<T>;

  /** Refuses with `ROLLOUT_ALREADY_ACTIVE` while another rollout moves the same task in the environment. */
  abstract insert(rollout: Rollout): Promise<void>;

  /** Writes a changed rollout with revision + 1; refuses with `ROLLOUT_CONFLICT` when it was not read last. */
  abstract save(rollout: Rollout): Promise<Rollout>;

  /** Reads a rollout and holds it until the transaction ends; null when there is none. */
  abstract lock(id: string): Promise<Rollout | null>;

  abstract byKey(key: string): Promise<Rollout | null>;

  /** Newest first. */
  abstract list(filter: RolloutFilter, page: PageRequest): Promise<Page<Rollout>>;

  /** A rollout of this challenger that is cooling down after a rollback; null when there is none. */
  abstract coolingDown(
    place: { readonly task: string; readonly environment: string; readonly challengerId: string },
    now: Date,
  ): Promise<Rollout | null>;

  /** A rollout that is running or held; null when there is none. */
  abstract active(task: string, environment: string): Promise<Rollout | null>;

  abstract appendReceipt(receipt: Receipt): Promise<void>;

  abstract lastReceipt(rolloutId: string): Promise<Receipt | null>;

  /** Oldest first. */
  abstract receipts(rolloutId: string, page: PageRequest): Promise<Page<Receipt>>;
}
