import type { PageRequest } from '@app/governance';
import type { Task, TaskEnvironment } from '../domain/task.js';

/** How a task is served, with the ids of its models. */
export interface ServingRow {
  readonly championId: string | null;
  readonly fallbackIds: readonly string[];
  readonly enabled: boolean;
}

export abstract class TaskStore {
  /** false when the key is taken. */
  abstract insert(task: Task): Promise<boolean>;
  abstract find(key: string): Promise<Task | null>;
  /** The same, and nobody else changes it until the transaction ends. */
  abstract findForUpdate(key: string): Promise<Task | null>;
  abstract update(task: Task): Promise<void>;
  abstract list(page: PageRequest): Promise<Task[]>;
  /** Whether units were ever assigned on it, in any environment. */
  abstract hasTraffic(key: string): Promise<boolean>;
  abstract markTraffic(key: string, at: Date): Promise<void>;
  abstract environments(keys: readonly string[]): Promise<Map<string, TaskEnvironment[]>>;
  abstract serving(task: string, environment: string): Promise<ServingRow | null>;
  abstract saveServing(task: string, environment: string, row: ServingRow, at: Date): Promise<void>;
}
