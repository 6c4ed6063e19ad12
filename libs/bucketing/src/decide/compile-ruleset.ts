import { READABLE_FORMATS, type Ruleset, type RulesetTask } from '../ruleset.js';
import { segmentsBehind } from '../targeting/segments.js';
import { CompileContext, compileTask } from './compile-task.js';
import type { CompiledRuleset, TaskOutcome } from './compiled.js';
import type { TaskProgram } from './program.js';
import { type RefusedExperiments, refusedExperiments } from './prerequisite-problems.js';
import { sameJson } from './same-json.js';

/** A ruleset this code cannot read. Whoever holds an older one keeps it. */
export class RulesetError extends Error {
  constructor(
    readonly code: 'RULESET_FORMAT' | 'RULESET_INVALID',
    message: string,
  ) {
    super(message);
    this.name = 'RulesetError';
  }
}

/**
 * Prepares a ruleset for `decide`.
 *
 * One broken rule must not take the others down: an experiment, rollout or holdout that cannot be evaluated is left
 * out and named in `problems`.
 *
 * @throws RulesetError `RULESET_FORMAT` for a format this code does not read, `RULESET_INVALID` for no ruleset at all
 */
export function compileRuleset(ruleset: Ruleset): CompiledRuleset {
  return recompileRuleset(null, ruleset);
}

/**
 * `compileRuleset`, taking over from an earlier ruleset every task of which nothing has changed, neither itself nor the
 * models and segments it refers to. Decides exactly as a fresh compilation does.
 *
 * @param previous what was compiled before; it stays usable
 */
export function recompileRuleset(previous: CompiledRuleset | null, ruleset: Ruleset): CompiledRuleset {
  if (
    typeof ruleset !== 'object' ||
    ruleset === null ||
    typeof ruleset.tasks !== 'object' ||
    !ruleset.tasks
  ) {
    throw new RulesetError('RULESET_INVALID', 'a ruleset is an object with tasks');
  }
  if (!READABLE_FORMATS.includes(ruleset.format)) {
    throw new RulesetError('RULESET_FORMAT', `ruleset format ${String(ruleset.format)} is not read here`);
  }
  const refused = refusedExperiments(ruleset);
  const context = new CompileContext(ruleset);
  const unchanged = previous && new Unchanged(previous, ruleset, refused);
  // Where nothing but some tasks was edited all else is taken over in bulk: a change of one rule among thousands must not
  // hold up who answers meanwhile.
  const edited = unchanged?.editedTasks() ?? null;
  const base = edited && previous;
  const outcomes = new Map(base && base.outcomes);
  const tasks = new Map(base && base.tasks);
  const programs = Object.assign(Object.create(null), base && base.programs) as Record<string, TaskProgram>;
  for (const task of edited ?? Object.values(ruleset.tasks)) {
    const outcome =
      unchanged?.outcomeOf(task) ?? compileTask(context, task, refused.get(task.key) ?? NOTHING_REFUSED);
    outcomes.set(task.key, outcome);
    tasks.set(task.key, outcome.compiled);
    programs[task.key] = outcome.compiled.program;
  }
  return {
    environment: ruleset.environment,
    version: ruleset.version,
    ruleset,
    tasks,
    programs,
    problems: [...outcomes.values()].flatMap(({ problems }) => problems),
    outcomes,
    refused,
  };
}

const NOTHING_REFUSED: ReadonlyMap<string, string> = new Map();

/** What can be taken over from an earlier ruleset. */
class Unchanged {
  private readonly sameModels: boolean;
  private readonly sameSegments: boolean;

  constructor(
    private readonly previous: CompiledRuleset,
    private readonly next: Ruleset,
    private readonly refused: RefusedExperiments,
  ) {
    this.sameModels = sameJson(previous.ruleset.models, next.models);
    this.sameSegments = sameJson(previous.ruleset.segments ?? {}, next.segments ?? {});
  }

  /** The tasks that say something else, where there is no other difference; null where there is. */
  editedTasks(): RulesetTask[] | null {
    const [old, now] = [this.previous.ruleset.tasks, this.next.tasks];
    if (!this.sameModels || !this.sameSegments || this.previous.refused.size + this.refused.size > 0)
      return null;
    const [oldKeys, keys] = [Object.keys(old), Object.keys(now)];
    if (keys.length !== oldKeys.length) return null;
    const edited: RulesetTask[] = [];
    for (let place = 0; place < keys.length; place += 1) {
      const key = keys[place]!;
      if (key !== oldKeys[place]) return null;
      const [before, task] = [old[key]!, now[key]!];
      if (before === task || sameJson(before, task)) continue;
      if (before.key !== task.key) return null;
      edited.push(task);
    }
    return edited;
  }

  /** The outcome of a task of which nothing has changed that its compilation depended on; null otherwise. */
  outcomeOf(task: RulesetTask): TaskOutcome | null {
    const before = this.previous.outcomes.get(task.key);
    if (!before || !sameJson(own(this.previous.ruleset.tasks, task.key), task)) return null;
    const [old, now] = [this.previous.ruleset, this.next];
    const isSame =
      sameRefusals(this.previous.refused.get(task.key), this.refused.get(task.key)) &&
      (this.sameModels ||
        modelsOf(task).every((one) => sameJson(own(old.models, one), own(now.models, one)))) &&
      (this.sameSegments ||
        segmentsOf(task, now.segments ?? {}).every((key) =>
          sameJson(own(old.segments ?? {}, key), own(now.segments ?? {}, key)),
        ));
    return isSame ? before : null;
  }
}

function sameRefusals(before = NOTHING_REFUSED, now = NOTHING_REFUSED): boolean {
  return (
    before.size === now.size && [...now].every(([experiment, reason]) => before.get(experiment) === reason)
  );
}

function modelsOf(task: RulesetTask): string[] {
  const { champion, fallbacks, experiments, rollout, holdout } = task;
  const named = [
    ...(champion === null ? [] : [champion]),
    ...fallbacks,
    ...experiments.flatMap((experiment) => experiment.variants.map((variant) => variant.model)),
    ...(rollout ? [rollout.challenger, rollout.champion] : []),
    ...(holdout ? [holdout.model] : []),
  ];
  return [...new Set(named)];
}

/** A condition too broken to be followed names none: its task does not depend on segments while it stays as it is. */
function segmentsOf(task: RulesetTask, segments: NonNullable<Ruleset['segments']>): string[] {
  const audiences = [...task.experiments.map((one) => one.audience), task.rollout?.audience ?? null];
  const found = new Set<string>();
  for (const audience of audiences) {
    if (audience === null) continue;
    try {
      for (const key of segmentsBehind(audience, segments)) found.add(key);
    } catch {
      continue;
    }
  }
  return [...found];
}

function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
