import type { PageRequest } from '@app/governance';
import type { Segment, SegmentUser } from '../domain/segment.js';

export abstract class SegmentStore {
  /** false when the key is taken. */
  abstract insert(segment: Segment): Promise<boolean>;
  abstract update(segment: Segment): Promise<void>;
  abstract remove(key: string): Promise<void>;
  abstract find(key: string): Promise<Segment | null>;
  /** Nobody else changes it, or begins to refer to it, until the transaction ends. */
  abstract findForUpdate(key: string): Promise<Segment | null>;
  /** Of these keys those that exist; within a transaction none of them changes or goes until its end. */
  abstract pin(keys: readonly string[]): Promise<Segment[]>;
  /** By key; one row more than asked when there are more. */
  abstract list(page: PageRequest): Promise<Segment[]>;
  /** Experiments not yet concluded, rollouts under way and segments that refer to it, also through other segments. */
  abstract usersOf(key: string): Promise<SegmentUser[]>;
}
