import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AssignmentTokens } from '@app/assignment';
import type { EnvironmentSnapshot } from '../snapshot/snapshot.js';
import type { EdgeError } from './edge-error.js';

/** A request that is allowed: whose environment it is for, and what that environment looks like now. */
export interface Call {
  readonly request: IncomingMessage;
  readonly environment: string;
  readonly snapshot: EnvironmentSnapshot;
  readonly tokens: AssignmentTokens;
  /** What follows a prefix route's path, as sent; '' for others. */
  readonly rest: string;
}

export interface Answer {
  readonly status: number;
  /** JSON as text or in UTF-8; null for no body. */
  readonly body: string | Uint8Array | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer that goes on: whoever gave it writes and ends it. */
export interface StreamAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  stream(response: ServerResponse): void;
}

export type Method = 'GET' | 'POST';

/** One hot route. */
export interface Route {
  readonly method: Method | readonly Method[];
  /** A path that ends with `/` stands for all that begin with it and go on. */
  readonly path: string;
  handle(call: Call): Promise<Answer | StreamAnswer> | Answer | StreamAnswer;
  /** The environment of the caller, where a service key in a header is not the way. Throws like `authenticate`. */
  authenticate?(request: IncomingMessage, rest: string): string | Promise<string>;
  /** A refusal in the words of the route's own protocol; null for problem+json. */
  refusal?(error: EdgeError, rest: string): Answer | null;
}

/** Taken, and nothing to say about it. */
export const accepted: Answer = { status: 202, body: null };

export const ok = (body: unknown): Answer => ({ status: 200, body: JSON.stringify(body) });
