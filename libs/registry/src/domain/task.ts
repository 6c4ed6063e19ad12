import type { HashScheme } from '@app/bucketing';

/** What a service asks for, in words that never change as experiments come and go. */
export interface Task {
  readonly key: string;
  readonly name: string;
  readonly description: string | null;
  /** What is randomised: user, conversation, tenant, request… Fixed once traffic flowed. */
  readonly unitType: string;
  readonly hashScheme: HashScheme;
  readonly positionSalt: string;
  readonly firstTrafficAt: Date | null;
  readonly createdBy: string;
  readonly createdAt: Date;
}

/** How a task is served in one environment. Models are written `key@version`. */
export interface TaskEnvironment {
  readonly environment: string;
  readonly champion: string | null;
  readonly fallbacks: readonly string[];
  /** false: everyone gets the champion, whatever experiments and rollouts say (kill switch). */
  readonly enabled: boolean;
  /** Flags of the organisation's own flag server that are closed: as `enabled: false` while there is one. */
  readonly closedGates: readonly string[];
  readonly updatedAt: Date;
}

/** Salt of a task's position hash, frozen at creation. */
export function positionSaltOf(task: string): string {
  return `task:${task}:position`;
}
