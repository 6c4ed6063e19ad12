import { READABLE_FORMATS, type Ruleset, type RulesetTask } from '../ruleset.js';
import { segmentsBehind } from '../targeting/segments.js';
import { CompileContext, compileTask } from './compile-task.js';
import type { CompiledRuleset, CompiledTask, TaskOutcome } from './compiled.js';
import type { TaskProgram } from './program.js';
import { refusedExperiments } from './prerequisite-problems.js';
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
  const unchanged = previous && new Unchanged(previous, ruleset);
  const outcomes = new Map<string, TaskOutcome>();
  const tasks = new Map<string, CompiledTask>();
  const programs = Object.create(null) as Record<string, TaskProgram>;
  const problems: string[] = [];
  for (const task of Object.values(ruleset.tasks)) {
    const refusals = refused.get(task.key) ?? NONE;
    const outcome = unchanged?.outcomeOf(task, refusals) ?? {
      ...compileTask(context, task, refusals),
      refused: refusals,
    };
    outcomes.set(task.key, outcome);
    tasks.set(task.key, outcome.compiled);
    programs[task.key] = outcome.compiled.program;
    problems.push(...outcome.problems);
  }
  return {
    environment: ruleset.environment,
    version: ruleset.version,
    ruleset,
    tasks,
    programs,
    problems,
    outcomes,
  };
}

const NONE: ReadonlyMap<string, string> = new Map();

/** What can be taken over from an earlier ruleset. */
class Unchanged {
  private readonly sameModels: boolean;
  private readonly sameSegments: boolean;

  constructor(
    private readonly previous: CompiledRuleset,
    private readonly next: Ruleset,
  ) {
    this.sameModels = sameJson(previous.ruleset.models, next.models);
    this.sameSegments = sameJson(previous.ruleset.segments ?? {}, next.segments ?? {});
  }

  /** The outcome of a task of which nothing has changed that its compilation depended on; null otherwise. */
  outcomeOf(task: RulesetTask, refused: ReadonlyMap<string, string>): TaskOutcome | null {
    const before = this.previous.outcomes.get(task.key);
    if (!before || !sameJson(own(this.previous.ruleset.tasks, task.key), task)) return null;
    const [old, now] = [this.previous.ruleset, this.next];
    const isSame =
      before.refused.size === refused.size &&
      [...refused].every(([experiment, reason]) => before.refused.get(experiment) === reason) &&
      (this.sameModels ||
        modelsOf(task).every((one) => sameJson(own(old.models, one), own(now.models, one)))) &&
      (this.sameSegments ||
        segmentsOf(task, now.segments ?? {}).every((key) =>
          sameJson(own(old.segments ?? {}, key), own(now.segments ?? {}, key)),
        ));
    return isSame ? before : null;
  }
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
