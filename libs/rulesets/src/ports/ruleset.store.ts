import type { PublishedRuleset } from './ruleset-reader.js';

export abstract class RulesetStore {
  /** One publisher at a time per environment, until the transaction ends. */
  abstract lock(environment: string): Promise<void>;
  /** Lets go of it before that; the transaction may have written nothing since it took the lock. */
  abstract unlock(environment: string): Promise<void>;
  abstract newest(environment: string): Promise<{ version: number; digest: string } | null>;
  abstract insert(published: PublishedRuleset): Promise<void>;
  /** Wakes the edges once the transaction commits. */
  abstract notify(environment: string): Promise<void>;
}
