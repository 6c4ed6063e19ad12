import { MAX_PREREQUISITE_DEPTH, type Prerequisite } from '@app/bucketing';
import { ExperimentError } from './experiment.errors.js';

/** What an experiment asks of other tasks. */
export interface Dependent {
  readonly key: string;
  readonly task: string;
  readonly prerequisites: readonly Prerequisite[];
}

/**
 * Whether prerequisites say something that can be asked of a unit.
 *
 * @throws ExperimentError PREREQUISITE_NOT_VALID
 */
export function checkPrerequisites({ task, prerequisites }: Omit<Dependent, 'key'>): void {
  for (const [index, prerequisite] of prerequisites.entries()) {
    const { task: other, models, variants } = prerequisite;
    if (other === task) {
      throw invalid(`it asks what ${task} answers to decide what ${task} answers`);
    }
    if (!models?.length && !variants?.length) {
      throw invalid(`of ${other} it must name models or variants`);
    }
    if (prerequisites.findIndex((one) => one.task === other) !== index) {
      throw invalid(`${other} is named twice; put its models and variants together`);
    }
  }
}

/**
 * The way from an experiment's task back to itself through what other experiments ask; null when there is none. With
 * one, each of the tasks would wait for the answer of the other.
 *
 * @param others running or paused experiments of the same environment
 */
export function prerequisiteCycle(experiment: Dependent, others: readonly Dependent[]): string[] | null {
  const asks = new Map<string, Set<string>>();
  for (const { task, prerequisites } of [...others, experiment]) {
    const known = asks.get(task) ?? new Set<string>();
    for (const { task: other } of prerequisites) known.add(other);
    asks.set(task, known);
  }
  const seen = new Set<string>();
  const follow = (task: string, way: readonly string[]): string[] | null => {
    for (const next of asks.get(task) ?? []) {
      if (next === experiment.task) return [...way, next];
      if (seen.has(next)) continue;
      seen.add(next);
      const found = follow(next, [...way, next]);
      if (found) return found;
    }
    return null;
  };
  return follow(experiment.task, [experiment.task]);
}

/** Whether more tasks would wait for one another in a row than an evaluation follows. Asked only where there is no cycle. */
export function prerequisitesTooDeep(experiments: readonly Dependent[]): boolean {
  let left = experiments.flatMap(({ task, prerequisites }) =>
    prerequisites.map((prerequisite) => ({ from: task, to: prerequisite.task })),
  );
  for (let depth = 0; depth < MAX_PREREQUISITE_DEPTH; depth += 1) {
    const waiting = new Set(left.map((edge) => edge.from));
    left = left.filter((edge) => waiting.has(edge.to));
  }
  return left.length > 0;
}

function invalid(why: string): ExperimentError {
  return new ExperimentError('PREREQUISITE_NOT_VALID', `the prerequisite cannot be asked: ${why}`);
}
