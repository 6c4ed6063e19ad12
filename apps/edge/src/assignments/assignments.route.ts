import type { Assigned } from '@app/assignment';
import { type AssignmentsRequest, assignmentsRequestSchema } from '@app/wire';
import { mediaTypeOf, parseJson, readBody } from '../http/read-body.js';
import { EdgeError } from '../http/edge-error.js';
import type { Answer, Call, Route } from '../http/route.js';
import { compile, requireValid } from '../http/validation.js';
import type { Assigner } from './assigner.js';

/** A question about one unit has no more bytes than this. */
export const BODY_LIMIT = 256 * 1024;

/** POST /api/v1/assignments: which model serves a unit. */
export class AssignmentsRoute implements Route {
  readonly method = 'POST';
  readonly path = '/api/v1/assignments';
  private readonly validate = compile<AssignmentsRequest>(assignmentsRequestSchema);

  constructor(private readonly assigner: Assigner) {}

  /** No async function: what need not be waited for is answered in the turn that has the body. */
  handle({ request, environment, snapshot, tokens }: Call): Promise<Answer> {
    requireJson(mediaTypeOf(request));
    return readBody(request, BODY_LIMIT).then((text) => {
      const body = requireValid(this.validate, parseJson(text));
      const assigned = this.assigner.assign(body, { environment, ruleset: snapshot.compiled, tokens });
      return assigned instanceof Promise ? assigned.then(answerOf) : answerOf(assigned);
    });
  }
}

const answerOf = ({ text }: Assigned): Answer => ({ status: 200, body: text });

/** @throws EdgeError `MEDIA_TYPE_NOT_SUPPORTED` */
export function requireJson(mediaType: string): void {
  if (mediaType === 'application/json') return;
  throw new EdgeError(
    'MEDIA_TYPE_NOT_SUPPORTED',
    `send Content-Type: application/json, not ${mediaType === '' ? 'a body without a type' : mediaType}`,
  );
}
