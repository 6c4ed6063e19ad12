import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type OfrepBulkResponse, type OfrepFailure, type OfrepRequest, ofrepRequestSchema } from '@app/wire';
import type { Assigned } from '@app/assignment';
import type { Assigner } from '../assignments/assigner.js';
import { BODY_LIMIT, requireJson } from '../assignments/assignments.route.js';
import type { EdgeError } from '../http/edge-error.js';
import { isHeld } from '../http/etag.js';
import { mediaTypeOf, parseJson, readBody } from '../http/read-body.js';
import type { Answer, Call, Route } from '../http/route.js';
import { compile, requireValid } from '../http/validation.js';
import type { EnvironmentSnapshot } from '../snapshot/snapshot.js';
import type { StreamTickets } from '../stream/stream-tickets.js';
import { assignmentsRequestOf } from './evaluation.js';
import { evaluationText, failureOf } from './evaluation-form.js';

export const OFREP_PATH = '/ofrep/v1/evaluate/flags';
const STATUS = { FLAG_NOT_FOUND: 404, GENERAL: 500 } as const;
/** Seconds without a look at the page after which a browser lets the stream go. */
const INACTIVITY_SECONDS = 120;

const validate = compile<OfrepRequest>(ofrepRequestSchema);

/** Reads what is asked; `then` answers it in the same turn. */
function withContext<T>(
  request: IncomingMessage,
  then: (context: OfrepRequest) => T | Promise<T>,
): Promise<T> {
  requireJson(mediaTypeOf(request));
  return readBody(request, BODY_LIMIT).then((text) => then(requireValid(validate, parseJson(text))));
}

/** What the protocol has words for is said in them; keys and limits stay problem+json. */
function refusal(error: EdgeError, key?: string): Answer | null {
  const errorCode = errorCodeOf(error);
  if (!errorCode) return null;
  const body = { ...(key !== undefined && { key }), errorCode, errorDetails: error.message };
  return { status: error.status, body: JSON.stringify(body) };
}

function errorCodeOf({ code }: EdgeError): OfrepFailure['errorCode'] | null {
  if (code === 'VALIDATION_FAILED') return 'INVALID_CONTEXT';
  if (code.startsWith('BODY_NOT_') || code === 'BODY_INCOMPLETE') return 'PARSE_ERROR';
  return code === 'INTERNAL' ? 'GENERAL' : null;
}

/** POST /ofrep/v1/evaluate/flags/:key: one task; exposes, unless `?expose=false`. */
export class OfrepFlagRoute implements Route {
  readonly method = 'POST';
  readonly path = `${OFREP_PATH}/`;

  constructor(private readonly assigner: Assigner) {}

  handle({ request, environment, snapshot, tokens, rest }: Call): Promise<Answer> {
    const from = { environment, ruleset: snapshot.compiled, tokens };
    return withContext(request, (context) => {
      const more = { tasks: [keyIn(rest)], expose: !declines(request) };
      const assigned = this.assigner.assign(assignmentsRequestOf(context, more), from);
      return assigned instanceof Promise ? assigned.then(answerOf) : answerOf(assigned);
    });
  }

  refusal(error: EdgeError, rest: string): Answer | null {
    return refusal(error, keyIn(rest));
  }
}

function answerOf({ answers }: Assigned): Answer {
  const [answer] = answers;
  return { status: statusOf(failureOf(answer!)), body: evaluationText(answer!) };
}

/**
 * POST /ofrep/v1/evaluate/flags: every task of the environment, for providers that evaluate once and keep the answers.
 * Exposes nobody. The ETag stands for rules *and* context: another user never gets this one's values.
 */
export class OfrepBulkRoute implements Route {
  readonly method = 'POST';
  readonly path = OFREP_PATH;

  constructor(
    private readonly assigner: Assigner,
    private readonly tickets: StreamTickets,
    private readonly newest: (environment: string) => Promise<EnvironmentSnapshot | undefined>,
  ) {}

  handle(call: Call): Promise<Answer> {
    return withContext(call.request, (body) => this.answer(body, call));
  }

  private async answer(
    body: OfrepRequest,
    { request, environment, snapshot: held, tokens }: Call,
  ): Promise<Answer> {
    // Another edge may have told of rules that have not come here yet.
    const snapshot = toldOf(request) > held.version ? ((await this.newest(environment)) ?? held) : held;
    const asked = assignmentsRequestOf(body, { expose: false });
    if (asked.unit === undefined && asked.units === undefined) {
      const refused = { errorCode: 'TARGETING_KEY_MISSING', errorDetails: 'the context has no targetingKey' };
      return { status: 400, body: JSON.stringify(refused) };
    }
    const headers = {
      etag: etagOf(snapshot.etag, body, this.assigner.isStale()),
      'cache-control': 'no-cache',
    };
    if (isHeld(request, headers.etag)) return { status: 304, body: null, headers };
    const from = { environment, ruleset: snapshot.compiled, tokens };
    const { answers, rulesetVersion } = await this.assigner.assign(asked, from);
    const more: Omit<OfrepBulkResponse, 'flags'> = {
      metadata: { rulesetVersion },
      eventStreams: [
        {
          type: 'sse',
          endpoint: { requestUri: this.tickets.uri(environment) },
          inactivityDelaySec: INACTIVITY_SECONDS,
        },
      ],
    };
    let flags = '';
    for (const answer of answers) flags += (flags === '' ? '' : ',') + evaluationText(answer);
    return { status: 200, body: `{"flags":[${flags}],${JSON.stringify(more).slice(1)}`, headers };
  }

  refusal(error: EdgeError): Answer | null {
    return refusal(error);
  }
}

/** Version of the rules that an event told a provider of (`flagConfigEtag`, as the event has it); 0: of none. */
function toldOf({ url = '' }: IncomingMessage): number {
  const given = /[?&]flagConfigEtag=(?:%22|")?(\d{1,15})-/.exec(url)?.[1];
  return given === undefined ? 0 : Number(given);
}

/** Weak: the same answers, though each carries assignment ids of its own. */
function etagOf(rules: string, body: OfrepRequest, stale: boolean): string {
  const context = JSON.stringify(body.context);
  const digest = hash('sha256', `${rules}\0${stale ? 'stale' : ''}\0${context}`, 'base64url');
  return `W/"${digest.slice(0, 27)}"`;
}

function statusOf(failure: OfrepFailure | null): number {
  if (failure === null) return 200;
  return failure.errorCode in STATUS ? STATUS[failure.errorCode as keyof typeof STATUS] : 400;
}

function keyIn(rest: string): string {
  try {
    return decodeURIComponent(rest);
  } catch {
    return rest;
  }
}

const declines = ({ url = '' }: IncomingMessage): boolean => /[?&]expose=false(?:&|$)/.test(url);
