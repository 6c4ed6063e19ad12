import type { CompiledRuleset } from '../decide/compiled.js';
import type { GrowthbookFeature } from './growthbook-format.js';
import { growthbookRules } from './growthbook-rules.js';
import { servedValue } from './served-value.js';

/**
 * A task as a feature for SDKs that evaluate on their own: an ordered list of rules that answers every unit as `decide`
 * does, for ASCII ids (SDKs of other languages hash other ids differently). What `decide` leaves out is left out here too.
 *
 * @returns null when there is no such task, or when it has another hash scheme, which these SDKs cannot evaluate
 */
export function growthbookFeature(compiled: CompiledRuleset, taskKey: string): GrowthbookFeature | null {
  const task = compiled.tasks.get(taskKey);
  if (!task || task.hashScheme !== 'growthbook-v2') return null;
  if (!task.enabled || task.killedBy !== null) {
    return { defaultValue: servedValue(task.answers.disabled), rules: [] };
  }
  const rules = growthbookRules(task, compiled.ruleset.segments ?? {});
  return { defaultValue: servedValue(task.answers.default), rules };
}
