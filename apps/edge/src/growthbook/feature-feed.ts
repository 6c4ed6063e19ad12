import { createHash } from 'node:crypto';
import { type CompiledRuleset, growthbookFeature } from '@app/bucketing';

export interface GrowthbookPayload {
  /** JSON of the whole answer. */
  readonly body: string;
  readonly etag: string;
}

const made = new WeakMap<CompiledRuleset, GrowthbookPayload>();

/** What SDKs that evaluate on their own are given: the tasks of scheme `growthbook-v2`, and why not the others. */
export function growthbookPayload(compiled: CompiledRuleset): GrowthbookPayload {
  const known = made.get(compiled);
  if (known) return known;
  const features: Record<string, unknown> = {};
  const omitted: Record<string, string> = {};
  for (const task of compiled.tasks.values()) {
    const feature = growthbookFeature(compiled, task.key);
    if (feature) features[task.key] = feature;
    else
      omitted[task.key] =
        `task ${task.key} has hash scheme ${task.hashScheme}, which GrowthBook's SDKs cannot evaluate: use remoteEval (POST /api/eval/<client key>), which answers every scheme`;
  }
  const body = JSON.stringify({
    status: 200,
    features,
    dateUpdated: compiled.ruleset.publishedAt,
    omitted,
  });
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`;
  const payload = { body, etag };
  made.set(compiled, payload);
  return payload;
}
