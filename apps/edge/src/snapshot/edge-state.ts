import type { AssignmentTokens } from '@app/assignment';
import { parseApiKey, secretMatches } from '@app/governance';
import { log, wordsOf } from '../log.js';
import type { ReadRuleset } from './loading/ruleset-book.js';
import {
  type Access,
  emptySnapshot,
  type EnvironmentSnapshot,
  type KnownKey,
  nextSnapshot,
  type PublishedRuleset,
  snapshotOf,
  tokensOf,
} from './snapshot.js';

export type Caller =
  | { readonly kind: 'known'; readonly environment: string }
  | { readonly kind: 'unknown' }
  /** Not the text of a key at all. */
  | { readonly kind: 'malformed' }
  /** A real-looking key of another role: it belongs to the control plane. */
  | { readonly kind: 'wrong-role'; readonly role: string };

/** All that the edge answers from, in memory. Only the follower writes here. */
export class EdgeState {
  private readonly snapshots = new Map<string, EnvironmentSnapshot>();
  private keys = new Map<string, KnownKey>();
  /** By the text of a key that was recognised under the present access: a hash is saved at every request but the first. */
  private readonly callers = new Map<string, Caller>();
  private readonly tokens = new Map<string, AssignmentTokens>();
  private access: Access = { keys: [], secrets: {} };
  private refused = new Map<string, number>();
  private readonly listeners = new Set<(snapshot: EnvironmentSnapshot) => void>();
  private readonly accessListeners = new Set<() => void>();
  /** Wall-clock milliseconds of the last time the database confirmed that this is the newest; null: never. */
  confirmedAtMs: number | null = null;

  /** Whether anything can be answered: the database or the disk has spoken. */
  get loaded(): boolean {
    return this.confirmedAtMs !== null;
  }

  versions(): Map<string, number> {
    return new Map([...this.snapshots].map(([environment, { version }]) => [environment, version]));
  }

  /** Tells of every ruleset that comes into force. @returns how to stop */
  onRuleset(listener: (snapshot: EnvironmentSnapshot) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Tells when other keys or secrets have come into force. @returns how to stop */
  onAccess(listener: () => void): () => void {
    this.accessListeners.add(listener);
    return () => this.accessListeners.delete(listener);
  }

  currentAccess(): Access {
    return this.access;
  }

  snapshotsHeld(): EnvironmentSnapshot[] {
    return [...this.snapshots.values()];
  }

  environment(key: string): { snapshot: EnvironmentSnapshot; tokens: AssignmentTokens } | null {
    const snapshot = this.snapshots.get(key);
    const tokens = this.tokens.get(key);
    return snapshot && tokens ? { snapshot, tokens } : null;
  }

  /**
   * Takes a newer ruleset; an older or equal version is ignored, one that cannot be read leaves the old in force.
   * @returns whether something changed
   */
  takeRuleset(published: PublishedRuleset): boolean {
    return this.take(published, () => snapshotOf(published));
  }

  /** The same of one that was read elsewhere as what has changed since `base`, which must still be in force. */
  takeRead(read: ReadRuleset, base: EnvironmentSnapshot): boolean {
    return this.take(read, () => nextSnapshot(base, read));
  }

  private take(
    { environment, version }: { readonly environment: string; readonly version: number },
    make: () => EnvironmentSnapshot,
  ): boolean {
    const held = this.snapshots.get(environment);
    if (held && version <= held.version) return false;
    try {
      const snapshot = make();
      for (const problem of snapshot.compiled.problems)
        log('warn', 'a rule was left out', { environment, problem });
      this.snapshots.set(environment, snapshot);
      for (const listener of this.listeners) listener(snapshot);
      return true;
    } catch (error) {
      if (this.refused.get(environment) !== version) {
        log('error', 'a ruleset cannot be read; the older one stays', {
          environment,
          version,
          reason: wordsOf(error),
        });
      }
      this.refused.set(environment, version);
      return false;
    }
  }

  /**
   * Takes who may call and the signing secrets. Another secret means another database: rulesets of the old one are
   * forgotten, since their version numbers say nothing about the new one's.
   * @returns whether something changed
   */
  takeAccess(access: Access): boolean {
    if (JSON.stringify(access) === JSON.stringify(this.access)) return false;
    for (const [environment, secret] of Object.entries(access.secrets)) {
      const before = this.access.secrets[environment];
      if (before === secret) continue;
      if (before !== undefined) this.snapshots.delete(environment);
      this.tokens.set(environment, tokensOf(environment, secret));
    }
    this.keys = new Map(access.keys.map((key) => [key.keyId, key]));
    this.callers.clear();
    this.access = access;
    for (const listener of this.accessListeners) listener();
    return true;
  }

  /** The database has answered with the newest of everything. */
  confirm(atMs: number): void {
    this.confirmedAtMs = atMs;
    for (const environment of this.tokens.keys()) {
      if (!this.snapshots.has(environment)) this.snapshots.set(environment, emptySnapshot(environment));
    }
  }

  /** The environment of the key with this id, which is no secret; null for none. */
  environmentOfKey(keyId: string): string | null {
    return this.keys.get(keyId)?.environment ?? null;
  }

  /** Who presents this key. */
  recognise(token: string): Caller {
    const before = this.callers.get(token);
    if (before !== undefined) return before;
    const parts = parseApiKey(token);
    if (!parts) return { kind: 'malformed' };
    if (parts.role !== 'service') return { kind: 'wrong-role', role: parts.role };
    const known = this.keys.get(parts.keyId);
    const mine = known && known.environment === parts.environment && secretMatches(known, parts.secret);
    if (!mine) return { kind: 'unknown' };
    const caller: Caller = { kind: 'known', environment: known.environment };
    this.callers.set(token, caller);
    return caller;
  }
}
