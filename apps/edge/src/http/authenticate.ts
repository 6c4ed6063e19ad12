import type { IncomingMessage } from 'node:http';
import { parseApiKey } from '@app/governance';
import type { Caller, EdgeState } from '../snapshot/edge-state.js';
import { EdgeError } from './edge-error.js';

const CHALLENGE = { 'www-authenticate': 'Bearer realm="contender"' };

/**
 * The environment of the service key a request carries, checked in memory. A key that is not known is looked for once
 * in the database, since it may be a second old: only that takes a promise.
 *
 * @throws EdgeError `API_KEY_MISSING`, `API_KEY_NOT_VALID`, `ROLE_NOT_ALLOWED`, `RULESET_MISSING`
 */
export function authenticate(
  request: IncomingMessage,
  state: EdgeState,
  lookAgain: () => Promise<void>,
): string | Promise<string> {
  return authenticateKey(keyOf(request), state, lookAgain);
}

/** The same for a key that came another way. */
export function authenticateKey(
  token: string | undefined,
  state: EdgeState,
  lookAgain: () => Promise<void>,
): string | Promise<string> {
  if (!token) {
    throw new EdgeError(
      'API_KEY_MISSING',
      'send a service key: Authorization: Bearer ck_… or X-API-Key: ck_…',
      {
        headers: CHALLENGE,
      },
    );
  }
  const caller = state.recognise(token);
  if (caller.kind !== 'unknown') return environmentOf(caller, state);
  return lookAgain().then(() => environmentOf(state.recognise(token), state));
}

function environmentOf(caller: Caller, state: EdgeState): string {
  if (caller.kind === 'wrong-role') {
    throw new EdgeError('ROLE_NOT_ALLOWED', `the data plane takes service keys, not ${caller.role} keys`);
  }
  // Nothing is known of any key yet: that is our trouble, not the caller's.
  if (caller.kind === 'unknown' && !state.loaded) {
    throw new EdgeError(
      'RULESET_MISSING',
      'this edge has just started and knows nothing yet; try again in a moment',
    );
  }
  if (caller.kind !== 'known') {
    throw new EdgeError('API_KEY_NOT_VALID', 'this API key is not known or was revoked', {
      headers: CHALLENGE,
    });
  }
  return caller.environment;
}

/** The id of the key in a header of a request that was allowed by it; null when there is none. */
export function keyIdOf(request: IncomingMessage): string | null {
  const key = keyOf(request);
  return key === undefined ? null : (parseApiKey(key)?.keyId ?? null);
}

/** The key as sent: `Authorization: Bearer <key>`, the bare key there (Unleash SDKs), or `X-API-Key`. */
export function keyOf({ headers }: IncomingMessage): string | undefined {
  const { authorization } = headers;
  if (authorization) return /^(?:Bearer +)?(\S+)$/i.exec(authorization.trim())?.[1];
  const given = headers['x-api-key'];
  return typeof given === 'string' && given !== '' ? given : undefined;
}
