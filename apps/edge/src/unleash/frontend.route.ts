import { createHash } from 'node:crypto';
import type { CompiledRuleset } from '@app/bucketing';
import { type UnleashContext, unleashFrontendRequestSchema } from '@app/wire';
import type { Assigner } from '../assignments/assigner.js';
import { BODY_LIMIT, requireJson } from '../assignments/assignments.route.js';
import { isHeld } from '../http/etag.js';
import { mediaTypeOf, parseJson, readBody } from '../http/read-body.js';
import { type Answer, type Call, ok, type Route } from '../http/route.js';
import { compile, requireValid } from '../http/validation.js';
import { assignmentsRequestOf, contextOfQuery } from './context.js';
import { toggleOf } from './toggles.js';

const validate = compile<{ context?: UnleashContext | null }>(unleashFrontendRequestSchema);

/**
 * GET and POST /api/frontend: every enabled toggle of a context, evaluated here under every hash scheme. Exposes nobody:
 * an SDK asks for all toggles long before it uses one.
 */
export class UnleashFrontendRoute implements Route {
  readonly method = ['GET', 'POST'] as const;
  readonly path = '/api/frontend';

  constructor(private readonly assigner: Assigner) {}

  async handle({ request, environment, snapshot, tokens }: Call): Promise<Answer> {
    const context = request.method === 'GET' ? contextOfQuery(request.url ?? '') : await contextOf(request);
    const { compiled, etag } = snapshot;
    const asked = assignmentsRequestOf(
      { ...context, environment: context.environment ?? environment },
      unitTypesOf(compiled),
    );
    const headers = { etag: etagOf(etag, asked, this.assigner.isStale()), 'cache-control': 'no-cache' };
    if (isHeld(request, headers.etag)) return { status: 304, body: null, headers };
    const from = { environment, ruleset: compiled, tokens };
    const { response } = await this.assigner.assign({ ...asked, expose: false }, from);
    const toggles = response.assignments.flatMap((one) => toggleOf(one) ?? []);
    return { ...ok({ toggles }), headers };
  }
}

const unitTypes = new WeakMap<CompiledRuleset, ReadonlySet<string>>();

function unitTypesOf(compiled: CompiledRuleset): ReadonlySet<string> {
  let known = unitTypes.get(compiled);
  if (!known) {
    known = new Set([...compiled.tasks.values()].map(({ unitType }) => unitType));
    unitTypes.set(compiled, known);
  }
  return known;
}

async function contextOf(request: Call['request']): Promise<UnleashContext> {
  requireJson(mediaTypeOf(request));
  return requireValid(validate, parseJson(await readBody(request, BODY_LIMIT))).context ?? {};
}

/** Weak: the same answers, though each carries assignment ids of its own. */
function etagOf(rules: string, asked: unknown, stale: boolean): string {
  const text = `${rules}\0${stale ? 'stale' : ''}\0${JSON.stringify(asked)}`;
  return `W/"${createHash('sha256').update(text).digest('base64url').slice(0, 27)}"`;
}
