export type HumanRole = 'admin' | 'editor' | 'viewer';
export type Role = HumanRole | 'service' | 'worker';

/** Who does something: named in every audit row. */
export interface Actor {
  readonly name: string;
  readonly role: Role;
  readonly kind: 'human' | 'machine';
  /** The only environment this actor may touch; null or absent for all of them. */
  readonly environment?: string | null;
  /** The request this is done in, so that an audit row can be found from a log line. */
  readonly requestId?: string;
}

const RANK: Record<Role, number> = { service: 0, viewer: 1, editor: 2, admin: 3, worker: 3 };

/** Whether a role may do what `needed` may: viewer < editor < admin; a service key reads nothing here. */
export function roleCovers(role: Role, needed: HumanRole): boolean {
  return RANK[role] >= RANK[needed];
}

/** Whether an actor may read or change things of an environment. */
export function environmentAllowed(actor: Actor, environment: string): boolean {
  return actor.environment == null || actor.environment === environment;
}

/** The actor of background work. */
export function workerActor(name = 'worker'): Actor {
  return { name, role: 'worker', kind: 'machine', environment: null };
}
