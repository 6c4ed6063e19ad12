import { hash } from 'node:crypto';
import { compileRuleset, type CompiledRuleset, recompileRuleset, type Ruleset } from '@app/bucketing';
import { AssignmentTokens } from '@app/assignment';
import { applyDelta } from '@app/ruleset-deltas';
import type { ReadRuleset } from './loading/ruleset-book.js';
import { etagOf } from './ruleset-etag.js';

/** A service key as the edge knows it: enough to recognise one, not enough to use one. */
export interface KnownKey {
  readonly keyId: string;
  readonly environment: string;
  readonly salt: string;
  readonly hash: string;
}

/** Names one published ruleset. */
export interface RulesetVersion {
  readonly environment: string;
  readonly version: number;
}

/** A published ruleset as it is stored. */
export interface PublishedRuleset extends RulesetVersion {
  readonly body: string;
}

/** Who may call, and what assignments are signed with. */
export interface Access {
  readonly keys: readonly KnownKey[];
  /** Assignment secret by environment. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** One environment, ready to answer from. Immutable: a change replaces the whole of it in one step. */
export interface EnvironmentSnapshot {
  readonly environment: string;
  readonly version: number;
  readonly etag: string;
  readonly compiled: CompiledRuleset;
}

/** @throws RulesetError, SyntaxError when this code cannot read it */
export function snapshotOf(published: PublishedRuleset): EnvironmentSnapshot {
  const { environment, version, body } = published;
  const compiled = compileRuleset(JSON.parse(body) as Ruleset);
  return { environment, version, etag: etagOf(version, hash('sha256', body)), compiled };
}

/**
 * The snapshot after another one: only what has changed is compiled.
 * @throws RulesetError when this code cannot read it
 */
export function nextSnapshot(
  { compiled: previous }: EnvironmentSnapshot,
  read: ReadRuleset,
): EnvironmentSnapshot {
  const { environment, version, etag, delta, whole } = read;
  const ruleset = applyDelta(whole ? null : previous.ruleset, delta);
  return { environment, version, etag, compiled: recompileRuleset(previous, ruleset) };
}

/** As it was published; null before anything was. */
export function publishedOf({
  environment,
  version,
  compiled,
}: EnvironmentSnapshot): PublishedRuleset | null {
  return version > 0 ? { environment, version, body: JSON.stringify(compiled.ruleset) } : null;
}

/** What an environment answers from before anything was ever published for it. */
export function emptySnapshot(environment: string): EnvironmentSnapshot {
  const ruleset: Ruleset = {
    format: 1,
    environment,
    version: 0,
    publishedAt: '1970-01-01T00:00:00.000Z',
    models: {},
    tasks: {},
    subjects: {},
  };
  return snapshotOf({ environment, version: 0, body: JSON.stringify(ruleset) });
}

export const tokensOf = (environment: string, secret: string): AssignmentTokens =>
  new AssignmentTokens(environment, secret);
