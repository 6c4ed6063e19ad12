import type { Decision, RulesetModel } from '@app/bucketing';

/** What a caller knows of one of its tasks, for typed answers. */
export interface TaskShape {
  /** Keys of arms it switches on. */
  readonly variant?: string;
  /** Parameters its models carry. */
  readonly parameters?: object;
}

/** Tasks by key, for `createContender<…>()`. */
export type TaskShapes = Readonly<Record<string, TaskShape>>;

type ModelOf<Shape extends TaskShape> = Omit<RulesetModel, 'parameters'> & {
  readonly parameters: Readonly<
    Shape['parameters'] extends object ? Shape['parameters'] : Record<string, unknown>
  >;
};

/**
 * Which model serves a unit of a task, and why. Shared by all units of an arm, and frozen: keep it, do not change it.
 *
 * `model` is null only for the reasons `NO_CHAMPION`, `TASK_UNKNOWN` and `ERROR`: use a default of your own then.
 */
export type Assignment<Shape extends TaskShape = TaskShape> = Omit<Decision, 'model' | 'variant'> & {
  readonly model: ModelOf<Shape> | null;
  readonly variant: (Shape['variant'] extends string ? Shape['variant'] : string) | null;
};

export interface AssignOptions {
  /** False: the answer is looked at and not used. Default true. */
  readonly expose?: boolean;
}
