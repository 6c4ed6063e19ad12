import type { Ruleset } from '@app/bucketing';
import type { Access, PublishedRuleset, RulesetVersion } from '../snapshot.js';
import { etagOf } from '../ruleset-etag.js';
import type { SnapshotDisk } from '../snapshot-disk.js';
import { deltaOf, type RulesetDelta } from './ruleset-delta.js';

/** A published ruleset, read, as what has changed since another version. */
export interface ReadRuleset {
  readonly environment: string;
  readonly version: number;
  readonly etag: string;
  readonly delta: RulesetDelta;
}

/** What belongs on disk beside the rulesets of these versions. */
export interface Keepsake {
  readonly confirmedAtMs: number;
  readonly access: Access;
  readonly versions: ReadonlyMap<string, number>;
}

interface Page {
  readonly published: PublishedRuleset;
  readonly ruleset: Ruleset;
}

/**
 * The texts of rulesets and what they say: all that takes long about a large one (reading, comparing, hashing, writing to
 * disk) happens here, in a thread of its own where there is one.
 */
export class RulesetBook {
  /** The newest read, and the one before it: the newest may turn out to be one that cannot be used. */
  private readonly pages = new Map<string, Page[]>();

  constructor(private readonly disk: SnapshotDisk) {}

  /**
   * @param base version that whoever asks holds; read as a whole when it is not known here
   * @throws SyntaxError
   */
  read(published: PublishedRuleset, base: number): ReadRuleset {
    const { environment, version, body } = published;
    const pages = this.pages.get(environment) ?? [];
    const before = pages.find((page) => page.published.version === base) ?? null;
    const ruleset = JSON.parse(body) as Ruleset;
    this.pages.set(environment, [{ published, ruleset }, ...(before ? [before] : [])]);
    return {
      environment,
      version,
      etag: etagOf(published),
      delta: deltaOf(before?.ruleset ?? null, ruleset),
    };
  }

  /** A ruleset that is in force already. */
  note(published: PublishedRuleset): void {
    this.pages.set(published.environment, [{ published, ruleset: JSON.parse(published.body) as Ruleset }]);
  }

  /** The text as published, in UTF-8; null when it is not known here. */
  text({ environment, version }: RulesetVersion): Uint8Array<ArrayBuffer> | null {
    const page = this.pages.get(environment)?.find(({ published }) => published.version === version);
    return page ? new TextEncoder().encode(page.published.body) : null;
  }

  keep({ confirmedAtMs, access, versions }: Keepsake): Promise<void> {
    const rulesets = [...this.pages.values()].flatMap((pages) =>
      pages.flatMap(({ published }) =>
        versions.get(published.environment) === published.version ? [published] : [],
      ),
    );
    return this.disk.write({ confirmedAtMs, access, rulesets });
  }
}
