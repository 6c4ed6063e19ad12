import { type UnleashRegistration, unleashRegistrationSchema } from '@app/wire';
import { BODY_LIMIT, requireJson } from '../assignments/assignments.route.js';
import { mediaTypeOf, parseJson, readBody } from '../http/read-body.js';
import { accepted, type Answer, type Call, type Route } from '../http/route.js';
import { compile, requireValid } from '../http/validation.js';
import { log } from '../log.js';

const validate = compile<UnleashRegistration>(unleashRegistrationSchema);
/** Names kept so that an application that restarts often is told of once. */
const REMEMBERED = 1000;

/** POST /api/client/register and /api/frontend/client/register: an SDK says that it is there. Told in the log, once. */
export class UnleashRegistrationRoute implements Route {
  readonly method = 'POST';
  private readonly known = new Set<string>();

  constructor(readonly path: '/api/client/register' | '/api/frontend/client/register') {}

  async handle({ request, environment }: Call): Promise<Answer> {
    requireJson(mediaTypeOf(request));
    const { appName, sdkVersion } = requireValid(validate, parseJson(await readBody(request, BODY_LIMIT)));
    const name = JSON.stringify([environment, appName, sdkVersion]);
    if (!this.known.has(name) && this.known.size < REMEMBERED) {
      this.known.add(name);
      log('info', 'an Unleash SDK has registered', { environment, appName, sdk: sdkVersion ?? 'unknown' });
    }
    return accepted;
  }
}
