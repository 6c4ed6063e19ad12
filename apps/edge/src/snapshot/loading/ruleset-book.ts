import { deltaOf, HeldRuleset, type RulesetDelta } from '@app/ruleset-deltas';
import { etagOf } from '../ruleset-etag.js';
import type { Access, PublishedRuleset, RulesetVersion } from '../snapshot.js';
import type { KeptRuleset, SnapshotKeeper, Step } from './snapshot-keeper.js';

/** A published ruleset, read, as what has changed since another version. */
export interface ReadRuleset {
  readonly environment: string;
  readonly version: number;
  readonly etag: string;
  /** What has changed in all; one, however many were published: each applied costs the answers a walk over all keys. */
  readonly delta: RulesetDelta;
  /** The delta is from nothing, and whatever is held is left out of account. */
  readonly whole: boolean;
}

/** A version and the delta that was published beside it; null where there was none. */
export interface PublishedStep {
  readonly version: number;
  readonly delta: string | null;
}

/** What belongs on disk beside the rulesets of these versions. */
export interface Keepsake {
  readonly confirmedAtMs: number;
  readonly access: Access;
  readonly versions: ReadonlyMap<string, number>;
}

/** Of steps that may still have to be written to disk; without them the whole is written. */
const STEPS_AT_MOST = 16;

interface Pages {
  /** The newest read, and the one that was in force before it: the newest may turn out to be one that cannot be used. */
  readonly held: readonly HeldRuleset[];
  /** How the newest came from older ones, oldest first. */
  readonly steps: readonly Step[];
}

const NO_PAGES: Pages = { held: [], steps: [] };

/**
 * Rulesets and what they say: all that takes long about a large one (reading, comparing, hashing, writing to disk) happens
 * here, in a thread of its own where there is one.
 */
export class RulesetBook {
  private readonly environments = new Map<string, Pages>();

  constructor(private readonly keeper: SnapshotKeeper) {}

  /** Whether deltas after this version can be followed. */
  knows({ environment, version }: RulesetVersion): boolean {
    return this.page(environment, version) !== undefined;
  }

  /**
   * The wanted version by what was published beside the versions after `base`, which is known here.
   *
   * @returns null when they do not lead there without a gap
   * @throws DeltaDoesNotFit, SyntaxError, TypeError
   */
  follow(
    { environment, version }: RulesetVersion,
    base: number,
    published: readonly PublishedStep[],
  ): ReadRuleset | null {
    const from = this.page(environment, base);
    if (!from) return null;
    let held = from;
    const steps: Step[] = [];
    for (const { delta: text } of published) {
      if (text === null) return null;
      const next = held.after(text);
      steps.push({ base: held.sha256, made: next.sha256, text });
      held = next;
    }
    if (held.version !== version) return null;
    const known = this.environments.get(environment)!.steps;
    const until = known.findIndex((step) => step.made === from.sha256) + 1;
    this.environments.set(environment, {
      held: [held, from],
      steps: [...known.slice(0, until), ...steps].slice(-STEPS_AT_MOST),
    });
    const delta = deltaOf(from.ruleset, held.ruleset);
    return { environment, version, etag: etagOf(version, held.sha256), delta, whole: false };
  }

  /**
   * @param base version that whoever asks holds; everything is new when it is not known here
   * @throws SyntaxError
   */
  read({ environment, version, body }: PublishedRuleset, base: number): ReadRuleset {
    const before = this.page(environment, base);
    const held = HeldRuleset.parse(body);
    this.environments.set(environment, { held: before ? [held, before] : [held], steps: [] });
    return {
      environment,
      version,
      etag: etagOf(version, held.sha256),
      delta: deltaOf(before?.ruleset ?? null, held.ruleset),
      whole: before === undefined,
    };
  }

  /** A ruleset that is in force already. */
  note({ environment, body }: PublishedRuleset): void {
    this.environments.set(environment, { held: [HeldRuleset.parse(body).prepare()], steps: [] });
  }

  /** The text as published, in UTF-8; null when it is not known here. */
  text({ environment, version }: RulesetVersion): Uint8Array<ArrayBuffer> | null {
    const page = this.page(environment, version);
    return page ? new TextEncoder().encode(page.text()) : null;
  }

  keep({ confirmedAtMs, access, versions }: Keepsake): Promise<void> {
    const rulesets = [...versions].flatMap(([environment, version]): KeptRuleset[] => {
      const held = this.page(environment, version);
      return held ? [{ environment, held, steps: this.environments.get(environment)!.steps }] : [];
    });
    return this.keeper.keep({ confirmedAtMs, access, rulesets });
  }

  private page(environment: string, version: number): HeldRuleset | undefined {
    const { held } = this.environments.get(environment) ?? NO_PAGES;
    return held.find((page) => page.version === version);
  }
}
