import type { Ruleset, RulesetTask } from '@app/bucketing';
import { canonicalJson } from '@app/kernel';

type Tasks = Pick<Ruleset, 'tasks'>;

/** An experiment whose prerequisites other units may meet than before. */
export interface ChangedDependent {
  readonly id: string;
  readonly key: string;
  /** The task whose answers may have changed. */
  readonly asked: string;
}

/**
 * Experiments that ran before and run on, unchanged themselves, and ask a task that answers otherwise than before: other
 * units take part in them from now on, as if their audience had changed.
 */
export function changedDependents(before: Tasks, after: Tasks): ChangedDependent[] {
  const found: ChangedDependent[] = [];
  for (const task of Object.values(after.tasks)) {
    for (const experiment of task.experiments) {
      const earlier = own(before.tasks, task.key)?.experiments.find((one) => one.id === experiment.id);
      // One whose epoch is new already needs no second one.
      if (!earlier || earlier.epoch !== experiment.epoch) continue;
      const asked = experiment.prerequisites?.find(
        ({ task: other }) => answers(own(before.tasks, other)) !== answers(own(after.tasks, other)),
      );
      if (asked) found.push({ id: experiment.id, key: experiment.key, asked: asked.task });
    }
  }
  return found.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/**
 * What decides a task's answer; not who is tried when the answer fails. With the epochs of its experiments: one that is
 * new says that an audience changed behind what stands here, as when a segment did.
 */
function answers(task: RulesetTask | undefined): string {
  if (!task) return '';
  const { fallbacks: _fallbacks, ...rest } = task;
  return canonicalJson(rest);
}

function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
