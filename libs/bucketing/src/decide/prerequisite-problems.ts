import type { Ruleset, RulesetExperiment } from '../ruleset.js';

/** Longer chains of tasks that wait for tasks are refused: deciding one would decide them all. */
export const MAX_PREREQUISITE_DEPTH = 16;

/** Experiments that cannot be asked, by task and by their key, and why. */
export type RefusedExperiments = ReadonlyMap<string, ReadonlyMap<string, string>>;

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly experiment: string;
}

/**
 * Experiments whose prerequisites cannot be evaluated: another task that is not there or randomises another unit, a
 * prerequisite that asks for nothing, tasks that wait for one another, and chains that are too long.
 */
export function refusedExperiments(ruleset: Pick<Ruleset, 'tasks'>): RefusedExperiments {
  const refused = new Map<string, Map<string, string>>();
  const refuse = (task: string, experiment: string, reason: string): void => {
    const known = refused.get(task) ?? new Map<string, string>();
    refused.set(task, known.set(experiment, known.get(experiment) ?? reason));
  };
  const edges: Edge[] = [];
  for (const task of Object.values(ruleset.tasks)) {
    for (const experiment of task.experiments) {
      if (!experiment.prerequisites?.length) continue;
      const problem = ownProblem(ruleset, task.unitType, experiment);
      if (problem) refuse(task.key, experiment.key, problem);
      else
        for (const { task: to } of experiment.prerequisites)
          edges.push({ from: task.key, to, experiment: experiment.key });
    }
  }
  const circular = edgesInCircles(edges);
  for (const { from, to, experiment } of circular) {
    refuse(from, experiment, `its prerequisite "${to}" waits for "${from}" in turn`);
  }
  for (const { from, experiment } of tooDeep(edges.filter((edge) => !circular.has(edge)))) {
    refuse(from, experiment, `its prerequisites go deeper than ${MAX_PREREQUISITE_DEPTH} tasks`);
  }
  return refused;
}

function ownProblem(
  { tasks }: Pick<Ruleset, 'tasks'>,
  unitType: string,
  { prerequisites = [] }: RulesetExperiment,
): string | null {
  for (const { task, models, variants } of prerequisites) {
    const other = Object.hasOwn(tasks, task) ? tasks[task]! : null;
    if (!other) return `its prerequisite "${task}" is no task here`;
    if (other.unitType !== unitType) {
      return `its prerequisite "${task}" randomises each ${other.unitType}, not each ${unitType}`;
    }
    if (!models && !variants) return `its prerequisite "${task}" asks for no model and no variant`;
  }
  return null;
}

/** What is left after tasks that wait for nobody, and tasks that nobody waits for, are taken away again and again. */
function edgesInCircles(edges: readonly Edge[]): Set<Edge> {
  let left = edges;
  for (;;) {
    const waiting = new Set(left.map((edge) => edge.from));
    const awaited = new Set(left.map((edge) => edge.to));
    const kept = left.filter((edge) => waiting.has(edge.to) && awaited.has(edge.from));
    if (kept.length === left.length) return new Set(kept);
    left = kept;
  }
}

function tooDeep(edges: readonly Edge[]): readonly Edge[] {
  let left = edges;
  for (let depth = 0; depth < MAX_PREREQUISITE_DEPTH; depth += 1) {
    const waiting = new Set(left.map((edge) => edge.from));
    left = left.filter((edge) => waiting.has(edge.to));
  }
  return left;
}
