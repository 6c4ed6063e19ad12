import type { Ruleset } from '@app/bucketing';

/** A published version with what was stored beside it. */
export interface PublishedRuleset {
  readonly environment: string;
  readonly version: number;
  /** SHA-256 of the content without its version and time. */
  readonly digest: string;
  readonly cause: string;
  readonly publishedAt: Date;
  readonly ruleset: Ruleset;
}

export abstract class RulesetReader {
  abstract latest(environment: string): Promise<PublishedRuleset | null>;
  abstract at(environment: string, version: number): Promise<PublishedRuleset | null>;
}
