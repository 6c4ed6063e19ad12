import type { IncomingMessage } from 'node:http';
import type { AssignmentTokens } from '@app/assignment';
import type { EnvironmentSnapshot } from '../snapshot/snapshot.js';

/** A request that is allowed: whose environment it is for, and what that environment looks like now. */
export interface Call {
  readonly request: IncomingMessage;
  readonly environment: string;
  readonly snapshot: EnvironmentSnapshot;
  readonly tokens: AssignmentTokens;
}

export interface Answer {
  readonly status: number;
  /** JSON text; null for no body. */
  readonly body: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One hot route. */
export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  handle(call: Call): Promise<Answer> | Answer;
}

export const ok = (body: unknown): Answer => ({ status: 200, body: JSON.stringify(body) });
