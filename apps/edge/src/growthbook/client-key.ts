import type { IncomingMessage } from 'node:http';
import { parseApiKey } from '@app/governance';
import { authenticateKey, keyIdOf, keyOf } from '../http/authenticate.js';
import { EdgeError } from '../http/edge-error.js';
import type { EdgeState } from '../snapshot/edge-state.js';

/** Says which environment a request with a client key in its address may read. */
export type ClientKeys = (request: IncomingMessage, clientKey: string) => string | Promise<string>;

/**
 * GrowthBook puts its client key into the address, where proxies log it. Ours may therefore be the eight digits of a
 * service key's id, which are no secret, while the key itself comes in a header (`apiHostRequestHeaders`). For SDKs
 * that send no header the whole key may stand in the address. The id alone opens nothing: rules name units and models.
 *
 * @throws EdgeError as `authenticate`
 */
export function clientKeys(state: EdgeState, lookAgain: () => Promise<void>): ClientKeys {
  return (request, clientKey) => {
    const sent = keyOf(request);
    if (sent === undefined && parseApiKey(clientKey) === null) {
      throw new EdgeError(
        'API_KEY_MISSING',
        'the client key is the id of a service key, with the key in Authorization or X-API-Key; or the whole key',
      );
    }
    if (sent !== undefined && sent !== clientKey && parseApiKey(sent)?.keyId !== clientKey) {
      throw new EdgeError(
        'API_KEY_NOT_VALID',
        'the client key in the address is not the id of the key in the header',
      );
    }
    return authenticateKey(sent ?? clientKey, state, lookAgain);
  };
}

/** The id of the key that a request was allowed by, in whichever way it came. */
export const clientKeyId = (request: IncomingMessage, clientKey: string): string =>
  keyIdOf(request) ?? parseApiKey(clientKey)?.keyId ?? clientKey;

/**
 * For the stream the id alone is enough: an EventSource cannot send a header, and all that the stream tells is *that*
 * rules have changed.
 */
export function streamKeys(state: EdgeState, keys: ClientKeys): ClientKeys {
  return (request, clientKey) => {
    const environment = keyOf(request) === undefined ? state.environmentOfKey(clientKey) : null;
    return environment ?? keys(request, clientKey);
  };
}
