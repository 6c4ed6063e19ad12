import { hash } from 'node:crypto';
import type { Ruleset } from '@app/bucketing';
import { applyDelta, DeltaDoesNotFit, deltaOf, type RulesetDelta } from './ruleset-delta.js';
import { RulesetDigests } from './ruleset-digests.js';

/** Of the text of a delta. Another one is not read: whoever meets it reads the whole. */
const DELTA_FORMAT = 1;

/** A delta larger than this part of the whole saves nobody much. */
const LARGEST_SHARE = 0.5;

/** What is published beside a whole ruleset, as JSON. Digests are SHA-256 in hexadecimal. */
interface PublishedDelta {
  readonly format: typeof DELTA_FORMAT;
  /** Digest of the text that it is applied to. */
  readonly base: string;
  /** Digest of the text that comes of it. */
  readonly made: string;
  /** `RulesetDigests.root` of what comes of it, over `made`: the proof that it was applied rightly. */
  readonly root: string;
  readonly delta: RulesetDelta;
}

/** A ruleset that deltas can be applied to, and that a delta can be made from. Immutable. */
export class HeldRuleset {
  private constructor(
    readonly ruleset: Ruleset,
    /** SHA-256 of the text as published, in hexadecimal. */
    readonly sha256: string,
    private readonly published: string | null,
    private known: RulesetDigests | null,
  ) {}

  /** @throws SyntaxError */
  static parse(text: string): HeldRuleset {
    return HeldRuleset.of(JSON.parse(text) as Ruleset, text);
  }

  /** @param text as JSON.stringify makes it of the ruleset */
  static of(ruleset: Ruleset, text: string): HeldRuleset {
    return new HeldRuleset(ruleset, hash('sha256', text), text, null);
  }

  get version(): number {
    return this.ruleset.version;
  }

  /** The text as published. One that came by deltas is written out here: it has the same digest. */
  text(): string {
    return this.published ?? JSON.stringify(this.ruleset);
  }

  /**
   * What is published beside `next` for those who hold this ruleset; null where the whole serves them as well.
   */
  deltaTo(next: HeldRuleset): string | null {
    const published: PublishedDelta = {
      format: DELTA_FORMAT,
      base: this.sha256,
      made: next.sha256,
      root: next.digests().root(next.ruleset, next.sha256),
      delta: deltaOf(this.ruleset, next.ruleset),
    };
    const text = JSON.stringify(published);
    return text.length <= next.text().length * LARGEST_SHARE ? text : null;
  }

  /**
   * The ruleset that a published delta makes of this one, proven to be the published one: whatever of the delta was left
   * out, damaged or applied otherwise than by whoever made it would show in the root.
   *
   * @throws DeltaDoesNotFit, SyntaxError, TypeError: what a delta is not, or not of this ruleset
   */
  after(text: string): HeldRuleset {
    const { format, base, made, root, delta } = JSON.parse(text) as PublishedDelta;
    if (format !== DELTA_FORMAT) throw new DeltaDoesNotFit(`deltas of format ${format} are not read here`);
    if (base !== this.sha256) throw new DeltaDoesNotFit('the delta is of another ruleset');
    const ruleset = applyDelta(this.ruleset, delta);
    const digests = this.digests().after(delta, ruleset);
    if (digests.root(ruleset, made) !== root)
      throw new DeltaDoesNotFit('what comes of the delta is not what was published');
    return new HeldRuleset(ruleset, made, null, digests);
  }

  /** So that the first delta need not wait for it: digests take as long to make as the whole takes to be read. */
  prepare(): this {
    this.digests();
    return this;
  }

  private digests(): RulesetDigests {
    return (this.known ??= RulesetDigests.of(this.ruleset));
  }
}
