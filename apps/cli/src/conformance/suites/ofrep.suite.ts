import { deepStrictEqual as same, ok } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import Ajv2020 from 'ajv/dist/2020.js';
import type { ConformanceContext, ConformanceInstance } from '../context.js';
import type { Suite } from '../suite.js';
import type { SuiteReport } from '../suite-report.js';
import { BARE_TASK, schemeWorld } from '../world.js';
import { listen } from './listen.js';

const FLAGS = '/ofrep/v1/evaluate/flags';
const CONTEXT = { targetingKey: 'user-42', plan: 'pro' };

type Validate = (schema: string, body: unknown) => void;

/** Real answers held against the protocol's own OpenAPI documents, address by address and status by status. */
export const ofrepSuite: Suite = {
  name: 'ofrep',
  says: 'OFREP 0.3: every documented answer and event against openapi.yaml and event-streams.yaml',
  async run(report: SuiteReport, context: ConformanceContext): Promise<void> {
    const file = context.shared('ofrep-openapi.yaml');
    if (!file) {
      report.absent('the OpenAPI documents of OFREP (ofrep-openapi.yaml): its cases were not run');
      return;
    }
    const { parse } = context.peers.load<{ parse(text: string): unknown }>('yaml');
    const validate = validatorOf(parse(readFileSync(file, 'utf8')) as { components: object });
    report.note(
      'the document says an evaluation with a value is oneOf six shapes; codeDefaultFlag takes any object and ' +
        'integerFlag is a floatFlag too, so read by the letter no value is valid: codeDefaultFlag is read as "without a ' +
        'value", and a value as anyOf, as the description says',
    );
    const instance = await context.instance();
    const { task } = await schemeWorld(instance, 'native-v1');
    await single(report, instance, task, validate);
    await bulk(report, instance, validate);
    await credentials(report, instance, task);
    report.exclude('429 on both addresses', 'no rate limit is set on evaluations, so none is told of');
    report.exclude(
      '500 on both addresses',
      'a fault cannot be made to order; its body is held by a unit test',
    );
  },
};

/** @returns a check that throws with the words of the validator */
function validatorOf(document: { components: object }): Validate {
  const text = JSON.stringify(document.components);
  const components = JSON.parse(text) as { schemas: Record<string, Record<string, unknown>> };
  const { schemas } = components;
  schemas.codeDefaultFlag = { type: 'object', not: { required: ['value'] } };
  const parts = schemas.evaluationSuccess!.allOf as Array<Record<string, unknown>>;
  parts[1] = { anyOf: parts[1]!.oneOf };
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  ajv.addSchema({ $id: 'ofrep', components });
  return (schema, body) => {
    const check = ajv.getSchema(`ofrep#/components/schemas/${schema}`);
    ok(check, `the document has no schema ${schema}`);
    ok(check(body), `${schema}: ${ajv.errorsText(check.errors)} in ${JSON.stringify(body)}`);
  };
}

async function post(
  { edgeUrl, key }: ConformanceInstance,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; type: string; etag: string | null; text: string; body: never }> {
  const answer = await fetch(`${edgeUrl}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    type: answer.headers.get('content-type') ?? '',
    etag: answer.headers.get('etag'),
    text,
    body: (text === '' ? undefined : JSON.parse(text)) as never,
  };
}

async function single(
  report: SuiteReport,
  instance: ConformanceInstance,
  task: string,
  validate: Validate,
): Promise<void> {
  const rows: Array<[string, string, unknown, number, string]> = [
    ['200 with a value', task, { context: CONTEXT }, 200, 'serverEvaluationSuccess'],
    ['200 without (code default)', BARE_TASK, { context: CONTEXT }, 200, 'serverEvaluationSuccess'],
    ['400 targeting key missing', task, { context: { plan: 'pro' } }, 400, 'evaluationFailure'],
    ['400 invalid context', task, { context: { targetingKey: 7 } }, 400, 'evaluationFailure'],
    ['400 no context', task, {}, 400, 'evaluationFailure'],
    ['400 parse error', task, '{"context":', 400, 'evaluationFailure'],
    ['404 flag not found', 'not-a-task', { context: CONTEXT }, 404, 'flagNotFound'],
    ['404 for a key that needs escaping', 'a/b c', { context: CONTEXT }, 404, 'flagNotFound'],
  ];
  for (const [name, key, body, status, schema] of rows) {
    await report.check(`single: ${name}`, async () => {
      const answer = await post(instance, `${FLAGS}/${encodeURIComponent(key)}`, body);
      same(answer.status, status);
      ok(answer.type.startsWith('application/json'), answer.type);
      validate(schema, answer.body);
      same((answer.body as { key: string }).key, key);
    });
  }
  await report.check('single: the example of the document is understood', async () => {
    const context = {
      targetingKey: 'user-123',
      email: 'user@example.com',
      'custom-plan': 'premium',
      country: 'CA',
    };
    const answer = await post(instance, `${FLAGS}/${task}`, { context });
    same(answer.status, 200);
    validate('serverEvaluationSuccess', answer.body);
  });
}

async function bulk(report: SuiteReport, instance: ConformanceInstance, validate: Validate): Promise<void> {
  await report.check('bulk: 200', async () => {
    const answer = await post(instance, FLAGS, { context: CONTEXT });
    same(answer.status, 200);
    validate('bulkEvaluationSuccess', answer.body);
    ok(answer.etag, 'it has an ETag');
    const { eventStreams } = answer.body as { eventStreams: unknown[] };
    same(eventStreams.length, 1);
    for (const stream of eventStreams) validate('eventStream', stream);
  });
  const bad: Array<[string, unknown]> = [
    ['no targeting key', { context: { plan: 'pro' } }],
    ['invalid context', { context: 'me' }],
    ['parse error', '{'],
  ];
  for (const [name, body] of bad) {
    await report.check(`bulk: 400 ${name}`, async () => {
      const answer = await post(instance, FLAGS, body);
      same(answer.status, 400);
      validate('bulkEvaluationFailure', answer.body);
    });
  }
  await report.check('bulk: 304 has no body, and only for the same context', async () => {
    const first = await post(instance, FLAGS, { context: CONTEXT });
    const held = { 'if-none-match': first.etag! };
    const again = await post(instance, FLAGS, { context: CONTEXT }, held);
    same([again.status, again.text], [304, '']);
    const other = await post(instance, FLAGS, { context: { ...CONTEXT, targetingKey: 'user-43' } }, held);
    same(other.status, 200);
  });
  await report.check('bulk: takes flagConfigEtag and flagConfigLastModified of either form', async () => {
    for (const query of [
      'flagConfigEtag=abc&flagConfigLastModified=1771622898',
      'flagConfigLastModified=2026-02-20T21:28:18Z',
    ]) {
      const answer = await post(instance, `${FLAGS}?${query}`, { context: CONTEXT });
      same(answer.status, 200);
      validate('bulkEvaluationSuccess', answer.body);
    }
  });
  await report.check('stream: events are what the document says, and tell of a change', async () => {
    const answer = await post(instance, FLAGS, { context: CONTEXT });
    const { eventStreams } = answer.body as { eventStreams: Array<{ endpoint: { requestUri: string } }> };
    const stream = await listen(`${instance.edgeUrl}${eventStreams[0]!.endpoint.requestUri}`);
    try {
      ok(stream.contentType.startsWith('text/event-stream'), stream.contentType);
      await instance.control.put(`/api/v1/tasks/${BARE_TASK}/switch`, {
        environment: 'production',
        enabled: false,
        reason: 'A change to be told of',
      });
      const event = await stream.next((one) => one.data !== undefined);
      validate('sseEvent', event);
      same(event.event, 'message');
      const data: unknown = JSON.parse(event.data!);
      validate('sseEventData', data);
      same((data as { type: string }).type, 'refetchEvaluation');
    } finally {
      stream.close();
      await instance.control.put(`/api/v1/tasks/${BARE_TASK}/switch`, {
        environment: 'production',
        enabled: true,
        reason: 'Told',
      });
    }
  });
}

async function credentials(report: SuiteReport, instance: ConformanceInstance, task: string): Promise<void> {
  const asked = (path: string, headers: Record<string, string>): Promise<Response> =>
    fetch(`${instance.edgeUrl}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ context: CONTEXT }),
    });
  const { key, stack } = instance;
  const rows: Array<[string, Record<string, string>, number]> = [
    ['BearerAuth', { authorization: `Bearer ${key}` }, 200],
    ['ApiKeyAuth', { 'x-api-key': key }, 200],
    ['401 without a key', {}, 401],
    ['401 with one that is not known', { 'x-api-key': `${key.slice(0, -4)}0000` }, 401],
    ['403 with a key of the control plane', { 'x-api-key': stack.adminKey }, 403],
  ];
  for (const path of [`${FLAGS}/${task}`, FLAGS]) {
    for (const [name, headers, status] of rows) {
      await report.check(`${path === FLAGS ? 'bulk' : 'single'}: ${name}`, async () =>
        same((await asked(path, headers)).status, status),
      );
    }
  }
}
