import type { PublishedRuleset } from './ruleset-reader.js';

/** A version as it is stored: the whole as text, so that its digest holds, and what turns the version before into it. */
export interface NewRuleset extends Omit<PublishedRuleset, 'ruleset'> {
  readonly format: number;
  readonly body: string;
  readonly delta: string | null;
}

export abstract class RulesetStore {
  /** One publisher at a time per environment, until the transaction ends. */
  abstract lock(environment: string): Promise<void>;
  /** Lets go of it before that; the transaction may have written nothing since it took the lock. */
  abstract unlock(environment: string): Promise<void>;
  abstract newest(environment: string): Promise<{ version: number; digest: string } | null>;
  /** The text of a version that is there. */
  abstract body(environment: string, version: number): Promise<string>;
  abstract insert(published: NewRuleset): Promise<void>;
  /** Wakes the edges once the transaction commits. */
  abstract notify(environment: string): Promise<void>;
}
