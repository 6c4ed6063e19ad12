import { createHash } from 'node:crypto';
import { type CompiledRuleset, type CompiledTask, unleashFeature } from '@app/bucketing';
import type { EnvironmentSnapshot } from '../snapshot/snapshot.js';

/** Versions an SDK may be behind and still be told only what changed. */
const REMEMBERED = 20;

/** What SDKs that evaluate on their own are given, as of one version of the rules. */
export interface UnleashPayload {
  /** Stands for the features and nothing else: rules may change without it. */
  readonly id: string;
  readonly version: number;
  /** JSON of each feature by its name. */
  readonly features: ReadonlyMap<string, string>;
  /** Tasks that these SDKs cannot evaluate, and why. */
  readonly omitted: Readonly<Record<string, string>>;
}

/** Segments are written out in the features' constraints; ids of theirs never occur. */
export type UnleashDelta =
  | {
      readonly type: 'hydration';
      readonly eventId: number;
      readonly features: unknown[];
      readonly segments: never[];
    }
  | { readonly type: 'feature-updated'; readonly eventId: number; readonly feature: unknown }
  | {
      readonly type: 'feature-removed';
      readonly eventId: number;
      readonly featureName: string;
      readonly project: 'default';
    };

/** Why a task is not in a payload for local evaluation, and where it is answered. */
export const notLocal = (task: string, hashScheme: string): string =>
  `task ${task} has hash scheme ${hashScheme}, which Unleash's SDKs cannot evaluate: ask GET or POST /api/frontend, which answers every scheme`;

/** The payloads of each environment, the newest and those just before it. */
export class UnleashFeed {
  private readonly compiled = new WeakMap<CompiledRuleset, UnleashPayload>();
  private readonly past = new Map<string, UnleashPayload[]>();

  payload({ environment, compiled }: EnvironmentSnapshot): UnleashPayload {
    const known = this.compiled.get(compiled);
    if (known) return known;
    const payload = payloadOf(compiled);
    this.compiled.set(compiled, payload);
    const past = (this.past.get(environment) ?? []).filter(({ id }) => id !== payload.id);
    this.past.set(environment, [...past.slice(1 - REMEMBERED), payload]);
    return payload;
  }

  /** What an SDK that holds `heldId` has to be told to have `now`; everything when it is too far behind. */
  since(environment: string, heldId: string | null, now: UnleashPayload): UnleashDelta[] {
    const held = this.past.get(environment)?.find(({ id }) => id === heldId);
    const { version: eventId, features } = now;
    if (!held) {
      return [
        {
          type: 'hydration',
          eventId,
          features: [...features.values()].map((text) => JSON.parse(text)),
          segments: [],
        },
      ];
    }
    const removed = [...held.features.keys()]
      .filter((name) => !features.has(name))
      .map((featureName) => ({ type: 'feature-removed', eventId, featureName, project: 'default' }) as const);
    const updated = [...features]
      .filter(([name, text]) => held.features.get(name) !== text)
      .map(
        ([, text]) => ({ type: 'feature-updated', eventId, feature: JSON.parse(text) as unknown }) as const,
      );
    return [...removed, ...updated];
  }
}

/** A task that a change of rules has left alone is compiled to the same object, and written to the same text. */
const texts = new WeakMap<CompiledTask, string | null>();

function textOf(compiled: CompiledRuleset, task: CompiledTask): string | null {
  const known = texts.get(task);
  if (known !== undefined) return known;
  const feature = unleashFeature(compiled, task.key);
  // Impressions are how an application hears which unit was given what, to send the exposure.
  const text = feature && JSON.stringify({ ...feature, impressionData: true });
  texts.set(task, text);
  return text;
}

function payloadOf(compiled: CompiledRuleset): UnleashPayload {
  const features = new Map<string, string>();
  const omitted: Record<string, string> = {};
  for (const task of compiled.tasks.values()) {
    const text = textOf(compiled, task);
    if (text !== null) features.set(task.key, text);
    else omitted[task.key] = notLocal(task.key, task.hashScheme);
  }
  const id = createHash('sha256')
    .update([...features.values()].join('\n'))
    .digest('base64url')
    .slice(0, 27);
  return { id, version: compiled.version, features, omitted };
}
