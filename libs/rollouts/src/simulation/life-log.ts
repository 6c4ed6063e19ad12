import type { Receipt } from '../domain/receipt.js';
import type { Rollout } from '../domain/rollout.js';

/** What a rollout left in the world, as it was committed, in order. */
export interface LifeLog {
  readonly rollout: Rollout;
  readonly receipts: readonly Receipt[];
  /** Share of each epoch, in the order of their numbers. */
  readonly epochs: ReadonlyArray<{ readonly number: number; readonly share: number }>;
  /** The challenger's share in every ruleset that was published. */
  readonly published: readonly number[];
  /** Actions of the audit log. */
  readonly audited: readonly string[];
  /** Type and number of the receipt of every notice. */
  readonly announced: ReadonlyArray<{ readonly type: string; readonly receipt: number }>;
  /** Notices that no receiver got, though every attempt that was due has been made. */
  readonly undelivered: number;
  /** Who serves the task at the end. */
  readonly championId: string;
}

/** A decision of a person that was answered with success. */
export interface Acknowledged {
  readonly action: string;
  readonly at: string;
}

/** What was seen while the life was lived. */
export interface Observed {
  /** Looks that a challenger with proven harm was still served at, beyond those the fault took away. */
  readonly lateLooks: number;
  readonly acknowledged: readonly Acknowledged[];
  /** What no process should have said. */
  readonly surprises: readonly string[];
}
