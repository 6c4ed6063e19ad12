import { createHash } from 'node:crypto';
import { type CompiledRuleset, type CompiledTask, growthbookFeature } from '@app/bucketing';

export interface GrowthbookPayload {
  /** JSON of the whole answer. */
  readonly body: string;
  readonly etag: string;
}

const made = new WeakMap<CompiledRuleset, GrowthbookPayload>();

/** A task that a change of rules has left alone is compiled to the same object, and written to the same text. */
const texts = new WeakMap<CompiledTask, string | null>();

function textOf(compiled: CompiledRuleset, task: CompiledTask): string | null {
  const known = texts.get(task);
  if (known !== undefined) return known;
  const feature = growthbookFeature(compiled, task.key);
  const text = feature && JSON.stringify(feature);
  texts.set(task, text);
  return text;
}

/** What SDKs that evaluate on their own are given: the tasks of scheme `growthbook-v2`, and why not the others. */
export function growthbookPayload(compiled: CompiledRuleset): GrowthbookPayload {
  const known = made.get(compiled);
  if (known) return known;
  const features: string[] = [];
  const omitted: Record<string, string> = {};
  for (const task of compiled.tasks.values()) {
    const text = textOf(compiled, task);
    if (text !== null) features.push(`${JSON.stringify(task.key)}:${text}`);
    else
      omitted[task.key] =
        `task ${task.key} has hash scheme ${task.hashScheme}, which GrowthBook's SDKs cannot evaluate: use remoteEval (POST /api/eval/<client key>), which answers every scheme`;
  }
  const rest = JSON.stringify({ dateUpdated: compiled.ruleset.publishedAt, omitted });
  const body = `{"status":200,"features":{${features.join(',')}},${rest.slice(1)}`;
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`;
  const payload = { body, etag };
  made.set(compiled, payload);
  return payload;
}
