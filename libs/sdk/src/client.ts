import { type Attributes, type CompiledRuleset, decide, type Decision } from '@app/bucketing';
import type { AssignOptions, Assignment, TaskShapes } from './assignment.js';
import { AssignmentSet } from './assignment-set.js';
import { type ContenderError, type SdkErrorCode } from './errors.js';
import type { Feedback, Outcome, UnitOrUnits } from './events/outcome.js';
import { ClientParts } from './client-parts.js';
import type { ContenderOptions } from './options.js';
import type { Change } from './ruleset/ruleset-holder.js';

const FRESH = Object.freeze({ stale: false });
const STALE = Object.freeze({ stale: true });

type Key<Tasks extends TaskShapes> = keyof Tasks & string;

/** What the client has been doing; for health pages and metrics. */
export interface ContenderStats {
  readonly rulesetVersion: number | null;
  readonly stale: boolean;
  /** Whether a stream tells of changes now. */
  readonly streaming: boolean;
  readonly waiting: { readonly exposures: number; readonly outcomes: number };
  /** Because the queue was full. */
  readonly dropped: { readonly exposures: number; readonly outcomes: number };
  /** What the edge acknowledged; `rejected` were refused for good. */
  readonly delivered: { readonly accepted: number; readonly duplicates: number; readonly rejected: number };
  /** Exposures known to have been recorded. */
  readonly remembered: number;
}

/**
 * Which model serves, decided in this process. No method throws or rejects: what goes wrong is told to `onError`.
 *
 * @typeParam Tasks the caller's tasks, for typed keys, variants and parameters
 */
export class ContenderClient<Tasks extends TaskShapes = TaskShapes> {
  private readonly parts: ClientParts;

  /** @internal use `createContender` */
  constructor(options: ContenderOptions) {
    this.parts = new ClientParts(options);
  }

  /** Resolves once there is a ruleset, true, or the time to wait is over, false. */
  ready(options: { readonly timeoutMs?: number } = {}): Promise<boolean> {
    return this.parts.ready(options.timeoutMs);
  }

  /**
   * Which model serves a unit of a task. At once, from memory; records the exposure unless told not to.
   *
   * @param unit the id for whatever unit type the task has, or ids by unit type
   * @param attributes of the unit, for audiences
   */
  assign<K extends Key<Tasks>>(
    task: K,
    unit: UnitOrUnits,
    attributes?: Attributes,
    options?: AssignOptions,
  ): Assignment<Tasks[K]> {
    try {
      const { holder } = this.parts;
      const { compiled } = holder;
      if (compiled === null)
        return this.none(task, 'NOT_READY', 'no ruleset is there yet') as Assignment<Tasks[K]>;
      const id = typeof unit === 'string' ? unit : idOf(compiled, task, unit);
      const decision = decide(compiled, task, id, attributes, holder.stale ? STALE : FRESH);
      if (options === undefined || options.expose !== false) {
        this.parts.exposures.used(decision, compiled, id, attributes);
      }
      return decision as Assignment<Tasks[K]>;
    } catch (error) {
      return this.none(task, 'EVALUATION_FAILED', String(error), error) as Assignment<Tasks[K]>;
    }
  }

  /**
   * All tasks for one unit, as of now. Nothing is exposed until one is read with `get`; later changes of the rules do not
   * reach into it.
   */
  assignAll(unit: UnitOrUnits, attributes?: Attributes): AssignmentSet<Tasks> {
    const { holder, exposures } = this.parts;
    const { compiled } = holder;
    const options = holder.stale ? STALE : FRESH;
    const copy = attributes === undefined ? undefined : { ...attributes };
    const idFor = (task: string) =>
      typeof unit === 'string' || compiled === null ? (unit as string) : idOf(compiled, task, unit);
    return new AssignmentSet<Tasks>(
      compiled === null ? [] : [...compiled.tasks.keys()],
      (task) => {
        try {
          if (compiled === null) return this.none(task, 'NOT_READY', 'no ruleset is there yet');
          return decide(compiled, task, idFor(task), copy, options);
        } catch (error) {
          return this.none(task, 'EVALUATION_FAILED', String(error), error);
        }
      },
      (decision) =>
        this.parts.guarded(false, () => {
          if (compiled !== null) exposures.used(decision, compiled, idFor(decision.task), copy);
          return true;
        }),
    );
  }

  /** Records that an answer asked for with `expose: false` is used after all. */
  expose(assignment: Assignment, unit: UnitOrUnits, attributes?: Attributes): void {
    const { holder, exposures } = this.parts;
    this.parts.guarded(undefined, () => {
      const { compiled } = holder;
      const decision = assignment as Decision;
      if (compiled === null) return;
      const id = typeof unit === 'string' ? unit : idOf(compiled, decision.task, unit);
      exposures.used(decision, compiled, id, attributes);
    });
  }

  /** Queues something that was measured. @returns whether it was taken: false when it is not valid or the queue is full */
  outcome(outcome: Outcome): boolean {
    return this.parts.queueOutcome(outcome);
  }

  /** `outcome` for the usual case. */
  track(
    metric: string,
    unit: UnitOrUnits,
    value?: number,
    more: Omit<Outcome, 'metric' | 'unit' | 'value'> = {},
  ): boolean {
    return this.outcome({ ...more, metric, unit, ...(value !== undefined && { value }) });
  }

  /** Queues a thumb or a rating. @returns whether it was taken */
  feedback(feedback: Feedback): boolean {
    return this.parts.queueFeedback(feedback);
  }

  /** Sends what waits. Resolves true when all of it was acknowledged. */
  flush(options: { readonly timeoutMs?: number } = {}): Promise<boolean> {
    return this.parts.flush(options.timeoutMs ?? 0);
  }

  /** Sends what waits, for as long as it may take, and stops. Answers go on being given, from the last ruleset. */
  close(options: { readonly timeoutMs?: number } = {}): Promise<boolean> {
    return this.parts.close(options.timeoutMs ?? 5_000);
  }

  /** Tells of new rulesets, and of becoming stale and fresh again. @returns how to stop */
  listen(listener: (change: Change) => void): () => void {
    return this.parts.holder.listen(listener);
  }

  /** Looks for a newer ruleset now, instead of waiting to be told. @returns whether the edge answered */
  refresh(): Promise<boolean> {
    return this.parts.refresh();
  }

  /** The ruleset in force, to keep as a bootstrap; null before there is one. */
  ruleset(): object | null {
    return this.parts.holder.compiled?.ruleset ?? null;
  }

  stats(): ContenderStats {
    return this.parts.stats();
  }

  private none(task: string, code: SdkErrorCode, message: string, cause?: unknown): Decision {
    this.parts.trouble(code, `${String(task)}: ${message}`, cause);
    return this.parts.noAnswer(task);
  }
}

/** The id of the task's unit type, else the one given without a type. */
function idOf(
  compiled: CompiledRuleset,
  task: string,
  units: Readonly<Record<string, string>>,
): string | undefined {
  const unitType = compiled.tasks.get(task)?.unitType;
  if (unitType === undefined || units === null) return undefined;
  return Object.hasOwn(units, unitType) ? units[unitType] : units[''];
}

/**
 * A client of a Contender edge.
 *
 * Never throws: with options it cannot use it says so through `onError` and answers with reason `ERROR`.
 */
export function createContender<Tasks extends TaskShapes = TaskShapes>(
  options: ContenderOptions,
): ContenderClient<Tasks> {
  return new ContenderClient<Tasks>(options);
}

export type { ContenderError };
