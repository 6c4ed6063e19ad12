import {
  type CompiledRuleset,
  exposureId,
  keepsWinner,
  keptWinner,
  type RulesetSubject,
  type RulesetTask,
} from '@app/bucketing';
import type { NewEvent } from '@app/events';
import type { WireEvent } from '@app/wire';
import { Rejection } from './rejection.js';

/** The platform's own id of an exposure that an SDK decided by the ruleset: the edge may have recorded it as well. */
export function idByRuleset(
  { epoch }: WireEvent,
  { units: [unit], variant }: NewEvent,
  subject: RulesetSubject | null,
  environment: string,
): string | null {
  if (epoch === undefined || subject === null || variant === null) return null;
  const { kind, key } = subject;
  return exposureId({ environment, kind, key, epoch, unit: unit!.unit, variant });
}

/**
 * The epoch an SDK says it decided in. Null where only time tells: nobody said one, or the subject is over and stands
 * in the ruleset no more.
 *
 * @throws Rejection `EPOCH_UNKNOWN`
 */
export function epochOf(
  { type, epoch }: WireEvent,
  subject: RulesetSubject | null,
  { ruleset }: CompiledRuleset,
): number | null {
  if (type !== 'exposure' || epoch === undefined || subject === null) return null;
  const task = ruleset.tasks[subject.task];
  const current = epochInForce(subject, task);
  if (current === undefined) return null;
  if (epoch <= current) return epoch;
  throw new Rejection('EPOCH_UNKNOWN', `"${subject.key}" is in epoch ${current}, not in ${epoch}`);
}

/**
 * Whether an exposure is of a unit that is on the challenger because it keeps the winner of an experiment: counted, never
 * estimated with. An SDK that was given its arm by others (a trackingCallback, an impression) does not know, so the rules are
 * asked: those of the rollout while it runs, and what stands of it in its subject when it is over.
 */
export function isOfKeptWinner(
  { units: [unit], variant }: Pick<NewEvent, 'units' | 'variant'>,
  subject: RulesetSubject | null,
  { tasks }: CompiledRuleset,
): boolean {
  if (subject?.kind !== 'rollout' || variant !== 'challenger') return false;
  const task = tasks.get(subject.task);
  if (!task) return false;
  if (task.rollout?.id === subject.id) return keepsWinner(task, unit!.unit);
  return subject.carried !== undefined && keptWinner(task, subject.carried, unit!.unit);
}

/** Undefined of a subject that is over. */
function epochInForce({ kind, key }: RulesetSubject, task: RulesetTask | undefined): number | undefined {
  switch (kind) {
    case 'experiment':
      return task?.experiments.find((one) => one.key === key)?.epoch;
    case 'rollout':
      return task?.rollout?.key === key ? task.rollout.epoch : undefined;
    case 'holdout':
      return task?.holdout?.key === key ? task.holdout.measured?.epoch : undefined;
  }
}
