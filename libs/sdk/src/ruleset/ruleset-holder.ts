import { compileRuleset, type CompiledRuleset, type Ruleset } from '@app/bucketing';
import { ContenderError, wordsOf } from '../errors.js';
import type { Report } from '../events/deliver.js';
import type { Platform } from '../platform.js';

export type Change = 'ruleset' | 'stale' | 'fresh';

export interface HolderOptions {
  /** Unconfirmed for longer, rollout units get the champion. */
  readonly maxStalenessMs: number;
}

/**
 * The ruleset in force. It never goes back to an older version; one that cannot be read leaves the one held in force.
 *
 * Staleness is a flag that a timer sets, so that deciding reads no clock.
 */
export class RulesetHolder {
  compiled: CompiledRuleset | null = null;
  stale = true;
  etag: string | null = null;
  confirmedAtMs: number | null = null;
  private fromBootstrap = false;
  private callOff: (() => void) | null = null;
  private readonly listeners = new Set<(change: Change) => void>();

  constructor(
    private readonly platform: Pick<Platform, 'now' | 'after'>,
    private readonly options: HolderOptions,
    private readonly report: Report,
  ) {
    this.stale = options.maxStalenessMs !== Infinity;
  }

  /** @returns how to stop */
  listen(listener: (change: Change) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** What the caller brought along: in force until the edge speaks, confirmed by nobody. */
  takeBootstrap(given: unknown): boolean {
    const taken = this.take(given, null);
    if (taken) this.fromBootstrap = true;
    return taken;
  }

  /**
   * What an edge answered, confirmed at that time.
   * @returns whether it could be read
   */
  takeAnswer(text: string, etag: string | null, confirmedAtMs: number): boolean {
    let given: unknown;
    try {
      given = JSON.parse(text);
    } catch (error) {
      this.unreadable(error);
      return false;
    }
    if (this.take(given, etag)) this.fromBootstrap = false;
    else if (this.compiled?.version !== versionOf(given)) return false;
    this.etag = etag;
    this.confirm(confirmedAtMs);
    return true;
  }

  /** The one held is the newest, as of then. */
  confirm(atMs: number): void {
    if (this.confirmedAtMs !== null && atMs < this.confirmedAtMs) return;
    this.confirmedAtMs = atMs;
    const { maxStalenessMs } = this.options;
    if (maxStalenessMs === Infinity) return;
    this.callOff?.();
    const left = atMs + maxStalenessMs - this.platform.now();
    if (left <= 0) {
      this.become(true);
      return;
    }
    this.become(false);
    this.callOff = this.platform.after(left, () => this.become(true));
  }

  close(): void {
    this.callOff?.();
    this.listeners.clear();
  }

  /** @returns whether it is in force now */
  private take(given: unknown, etag: string | null): boolean {
    const held = this.compiled;
    const ruleset = given as Ruleset;
    // A bootstrap of another environment says nothing about this one's versions.
    const comparable = held !== null && !(this.fromBootstrap && held.environment !== ruleset?.environment);
    if (comparable && !(versionOf(given) > held.version)) return false;
    let compiled: CompiledRuleset;
    try {
      if (!Number.isInteger(versionOf(given))) throw new Error('it has no version');
      compiled = compileRuleset(ruleset);
    } catch (error) {
      this.unreadable(error);
      return false;
    }
    for (const problem of compiled.problems) this.report(new ContenderError('RULE_LEFT_OUT', problem));
    this.compiled = compiled;
    this.etag = etag;
    this.tell('ruleset');
    return true;
  }

  private become(stale: boolean): void {
    if (this.stale === stale) return;
    this.stale = stale;
    this.tell(stale ? 'stale' : 'fresh');
  }

  private unreadable(error: unknown): void {
    this.report(
      new ContenderError('RULESET_UNREADABLE', `the ruleset cannot be read: ${wordsOf(error)}`, {
        cause: error,
      }),
    );
  }

  private tell(change: Change): void {
    for (const listener of [...this.listeners]) {
      try {
        listener(change);
      } catch {
        // Somebody else's listener must not stop us, nor the next one.
      }
    }
  }
}

const versionOf = (given: unknown): number => Number((given as Partial<Ruleset> | null)?.version ?? NaN);
