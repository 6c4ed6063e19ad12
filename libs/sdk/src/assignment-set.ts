import type { Decision } from '@app/bucketing';
import type { Assignment, TaskShapes } from './assignment.js';

/** Answers for all tasks of one unit, from one ruleset. Decided when first looked at, and kept. */
export class AssignmentSet<Tasks extends TaskShapes = TaskShapes> {
  private readonly decided = new Map<string, Decision>();

  /** @internal */
  constructor(
    /** Keys of the tasks, in the order of the ruleset. */
    readonly tasks: readonly string[],
    private readonly decide: (task: string) => Decision,
    private readonly expose: (decision: Decision) => void,
  ) {}

  /** The answer of a task, which is used from now on: the first read of it is its exposure. */
  get<K extends keyof Tasks & string>(task: K): Assignment<Tasks[K]> {
    const decision = this.of(task);
    this.expose(decision);
    return decision as Assignment<Tasks[K]>;
  }

  /** The answer of a task, looked at only. */
  peek<K extends keyof Tasks & string>(task: K): Assignment<Tasks[K]> {
    return this.of(task) as Assignment<Tasks[K]>;
  }

  /** All answers, looked at only. */
  toJSON(): Assignment[] {
    return this.tasks.map((task) => this.of(task) as Assignment);
  }

  private of(task: string): Decision {
    let decision = this.decided.get(task);
    if (decision === undefined) {
      decision = this.decide(task);
      this.decided.set(task, decision);
    }
    return decision;
  }
}
