import type { Test } from 'supertest';
import {
  CHAMPION_EXAMPLE,
  EXPERIMENT_EXAMPLE,
  HOLDOUT_EXAMPLE,
  METRIC_EXAMPLES,
  MODEL_EXAMPLES,
  TASK_EXAMPLE,
} from '../apps/control/src/openapi/examples.js';
import { type ControlHarness, startControl } from './control-harness.js';

// Setting up a database and an app can take long on a busy machine; nothing here waits for time to pass.
jest.setTimeout(60_000);

interface Mistake {
  /** What a person did. */
  readonly name: string;
  readonly send: () => Test;
  readonly status: number;
  readonly code: string;
  /** Must be in what they are told: the offending value, or what to do. */
  readonly says: string | RegExp;
}

/** Every mistake gets a clear 4xx with a stable code, and leaves no row behind in any table. */
describe('a product manager’s mistakes', () => {
  let control: ControlHarness;
  const keys: Record<string, string> = {};

  const post = (path: string, body: object = {}, key?: string | null): Test =>
    control.call('post', path, key).send(body);
  const experiment = (change: object): Test =>
    post('/api/v1/experiments', { ...EXPERIMENT_EXAMPLE, key: 'mistake', ...change });
  const metric = (change: object): Test =>
    post('/api/v1/metrics', { key: 'mistake', kind: 'mean', direction: 'increase', ...change });
  const holdout = (change: object): Test => post('/api/v1/holdouts', { ...HOLDOUT_EXAMPLE, ...change });
  const raw = (body: string, type = 'application/json'): Test =>
    control.call('post', '/api/v1/experiments').set('Content-Type', type).send(body);
  const patch = (key: string, etag: string | null, body: object): Test => {
    const test = control.call('patch', `/api/v1/experiments/${key}`);
    return (etag === null ? test : test.set('If-Match', etag)).send(body);
  };
  const [small, large] = EXPERIMENT_EXAMPLE.variants;
  const [quality, slow] = EXPERIMENT_EXAMPLE.metrics;
  const withJson = (text: string): Test =>
    raw(JSON.stringify({ ...EXPERIMENT_EXAMPLE, key: 'mistake' }).replace('"trafficShare":1', text));

  beforeAll(async () => {
    control = await startControl();
    for (const { value } of Object.values(MODEL_EXAMPLES)) await post('/api/v1/models', value).expect(201);
    await post('/api/v1/tasks', TASK_EXAMPLE).expect(201);
    await control.call('put', '/api/v1/tasks/support-reply/champion').send(CHAMPION_EXAMPLE).expect(200);
    for (const { value } of Object.values(METRIC_EXAMPLES)) await post('/api/v1/metrics', value).expect(201);
    for (const body of [
      { key: 'no-direction', kind: 'mean', direction: 'none' },
      { key: 'per-tenant', kind: 'mean', direction: 'increase', unitType: 'tenant' },
      { key: 'p95', kind: 'quantile', quantile: 0.95, direction: 'decrease' },
    ]) {
      await post('/api/v1/metrics', body).expect(201);
    }
    for (const [key, unitType] of [
      ['unserved', 'user'],
      ['per-tenant', 'tenant'],
    ]) {
      await post('/api/v1/tasks', { key, unitType }).expect(201);
    }
    await control
      .call('put', '/api/v1/tasks/per-tenant/champion')
      .send({ environment: 'production', model: 'support-small' })
      .expect(200);
    await post('/api/v1/tasks', { key: 'for-unleash', unitType: 'user', hashScheme: 'unleash' }).expect(201);
    await post('/api/v1/segments', { key: 'inner', condition: { all: [] } }).expect(201);
    await post('/api/v1/segments', { key: 'outer', condition: { segment: 'inner' } }).expect(201);
    await holdout({}).expect(201);
    const drafts: Array<[key: string, change: object]> = [
      ['draft', {}],
      ['running', { trafficShare: 0.6 }],
      ['concluded', { trafficShare: 0.1 }],
      ['greedy', { trafficShare: 0.5 }],
      ['inexpressible', { task: 'for-unleash', trafficShare: 0.125 }],
      ['no-success', { trafficShare: 0.1, metrics: [{ metric: 'quality', role: 'exploratory' }] }],
    ];
    for (const [key, change] of drafts) await experiment({ key, ...change }).expect(201);
    for (const key of ['running', 'concluded']) await post(`/api/v1/experiments/${key}/start`).expect(200);
    await post('/api/v1/experiments/concluded/conclude', { decision: 'stop', reason: 'over' }).expect(200);
    for (const [name, body] of Object.entries({
      viewer: { role: 'viewer' },
      editor: { role: 'editor' },
      service: { role: 'service', environment: 'production' },
      staging: { role: 'editor', environment: 'staging' },
      revoked: { role: 'admin' },
    })) {
      const created = await post('/api/v1/api-keys', { name, ...body }).expect(201);
      keys[name] = created.body.key as string;
      if (name === 'revoked') await post(`/api/v1/api-keys/${created.body.id}/revoke`).expect(200);
    }
  });
  afterAll(() => control.close());

  const bad = (
    name: string,
    send: () => Test,
    status: number,
    code: string,
    says: string | RegExp,
  ): Mistake => ({
    name,
    send,
    status,
    code,
    says,
  });
  const invalid = (name: string, send: () => Test, says: string | RegExp): Mistake =>
    bad(name, send, 400, 'VALIDATION_FAILED', says);

  const mistakes: Mistake[] = [
    // The request itself.
    bad('sends something that is no JSON', () => raw('{"key": '), 400, 'BODY_NOT_JSON', 'not JSON'),
    bad(
      'sends a form',
      () => raw('key=a', 'application/x-www-form-urlencoded'),
      415,
      'MEDIA_TYPE_NOT_SUPPORTED',
      'application/json',
    ),
    bad(
      'sends more than fits',
      () => raw(JSON.stringify({ hypothesis: 'x'.repeat(300_000) })),
      413,
      'BODY_TOO_LARGE',
      '262144',
    ),
    bad('mistypes the address', () => post('/api/v1/experiment'), 404, 'ROUTE_UNKNOWN', '/api/v1/experiment'),
    bad('sends a JSON text', () => raw('"hello"'), 400, 'BODY_NOT_JSON', 'JSON'),
    invalid('sends a list instead of an object', () => raw('[]'), /key|object/),
    invalid('asks for a page of nothing', () => control.call('get', '/api/v1/experiments?limit=0'), 'limit'),
    bad(
      'makes a cursor up',
      () => control.call('get', '/api/v1/models?cursor=zzz'),
      400,
      'CURSOR_NOT_VALID',
      'zzz',
    ),
    bad(
      'hides a NUL in a text',
      () => experiment({ hypothesis: 'better\u0000worse' }),
      400,
      'VALIDATION_FAILED',
      'hypothesis must not hold U+0000',
    ),
    bad(
      'sends half a character',
      () => experiment({ hypothesis: 'better \ud83d' }),
      400,
      'VALIDATION_FAILED',
      'hypothesis must not hold half a character',
    ),

    // Who asks.
    bad('forgets the key', () => post('/api/v1/models', {}, null), 401, 'API_KEY_MISSING', 'Bearer'),
    bad(
      'uses a key that never was',
      () => post('/api/v1/models', {}, `ck_all_admin_${'0'.repeat(48)}`),
      401,
      'API_KEY_NOT_VALID',
      'not known',
    ),
    bad(
      'uses a revoked key',
      () => post('/api/v1/models', {}, keys.revoked),
      401,
      'API_KEY_REVOKED',
      'revoked',
    ),
    bad(
      'writes with a viewer’s key',
      () => post('/api/v1/models', { key: 'm', provider: 'p', name: 'n' }, keys.viewer),
      403,
      'ROLE_NOT_ALLOWED',
      'viewer',
    ),
    bad(
      'makes keys as an editor',
      () => post('/api/v1/api-keys', { name: 'x', role: 'admin' }, keys.editor),
      403,
      'ROLE_NOT_ALLOWED',
      'admin',
    ),
    bad(
      'uses the service’s key here',
      () => control.call('get', '/api/v1/models', keys.service),
      403,
      'ROLE_NOT_ALLOWED',
      'data plane',
    ),
    bad(
      'touches production with a key of staging',
      () => post('/api/v1/experiments', { ...EXPERIMENT_EXAMPLE, key: 'mistake' }, keys.staging),
      403,
      'ENVIRONMENT_NOT_ALLOWED',
      'staging',
    ),
    bad(
      'starts production’s experiment with a key of staging',
      () => post('/api/v1/experiments/draft/start', {}, keys.staging),
      403,
      'ENVIRONMENT_NOT_ALLOWED',
      'production',
    ),
    bad(
      'makes a service key for everywhere',
      () => post('/api/v1/api-keys', { name: 'x', role: 'service' }),
      422,
      'SERVICE_KEY_NEEDS_ENVIRONMENT',
      'one environment',
    ),
    bad(
      'makes a key for an environment that is not',
      () => post('/api/v1/api-keys', { name: 'x', role: 'viewer', environment: 'moon' }),
      404,
      'ENVIRONMENT_UNKNOWN',
      'moon',
    ),

    // Models, tasks, metrics.
    bad(
      'registers a model twice',
      () => post('/api/v1/models', MODEL_EXAMPLES.challenger.value),
      409,
      'KEY_TAKEN',
      'support-large',
    ),
    invalid(
      'puts an @ into the key of a model',
      () => post('/api/v1/models', { key: 'a@1', provider: 'p', name: 'n' }),
      'key must be',
    ),
    invalid(
      'gives a model a negative price',
      () =>
        post('/api/v1/models', {
          key: 'm',
          provider: 'p',
          name: 'n',
          price: { currency: 'USD', perRequest: -1 },
        }),
      'price.perRequest must not be less than 0',
    ),
    bad('creates a task twice', () => post('/api/v1/tasks', TASK_EXAMPLE), 409, 'KEY_TAKEN', 'support-reply'),
    invalid(
      'puts blanks into the key of a task',
      () => post('/api/v1/tasks', { key: 'support reply', unitType: 'user' }),
      'key must be',
    ),
    invalid(
      'invents a hash scheme',
      () => post('/api/v1/tasks', { key: 't', unitType: 'user', hashScheme: 'md5' }),
      'hashScheme must be one of',
    ),
    bad(
      'changes the hash scheme of a task that has traffic',
      () => control.call('patch', '/api/v1/tasks/support-reply').send({ hashScheme: 'unleash' }),
      409,
      'TASK_HAS_TRAFFIC',
      'native-v1',
    ),
    bad(
      'changes the unit of a task that has traffic',
      () => control.call('patch', '/api/v1/tasks/support-reply').send({ unitType: 'tenant' }),
      409,
      'TASK_HAS_TRAFFIC',
      'user',
    ),
    bad(
      'crowns a model that is not',
      () =>
        control
          .call('put', '/api/v1/tasks/support-reply/champion')
          .send({ environment: 'production', model: 'support-huge' }),
      404,
      'MODEL_UNKNOWN',
      'support-huge',
    ),
    bad(
      'crowns a version that is not',
      () =>
        control
          .call('put', '/api/v1/tasks/support-reply/champion')
          .send({ environment: 'production', model: 'support-small@9' }),
      404,
      'MODEL_UNKNOWN',
      'support-small@9',
    ),
    bad(
      'falls back to the model that failed',
      () =>
        control
          .call('put', '/api/v1/tasks/support-reply/champion')
          .send({ environment: 'production', model: 'support-small', fallbacks: ['support-small@1'] }),
      422,
      'FALLBACKS_REPEAT',
      'support-small@1',
    ),
    invalid(
      'pulls the kill switch without a reason',
      () =>
        control
          .call('put', '/api/v1/tasks/support-reply/switch')
          .send({ environment: 'production', enabled: false }),
      'reason',
    ),
    bad(
      'defines a ratio of one event',
      () => metric({ kind: 'ratio', numerator: 'cost_usd' }),
      422,
      'RATIO_NEEDS_NUMERATOR',
      'denominator',
    ),
    bad(
      'turns the bounds of a score round',
      () => metric({ bounds: [10, 1] }),
      422,
      'BOUNDS_NOT_ORDERED',
      '[10, 1]',
    ),
    bad(
      'sums up a proportion',
      () => metric({ kind: 'proportion', aggregate: 'sum' }),
      422,
      'METRIC_NOT_CONSISTENT',
      'max or any or last',
    ),
    invalid('invents a kind of metric', () => metric({ kind: 'median' }), 'kind must be one of'),
    bad('defines a metric twice', () => metric({ key: 'quality' }), 409, 'KEY_TAKEN', 'quality'),

    // What an experiment says.
    bad('gives two experiments one key', () => experiment({ key: 'draft' }), 409, 'KEY_TAKEN', 'draft'),
    invalid('uses a key with a slash', () => experiment({ key: 'a/b' }), 'key must be'),
    invalid('mistypes a field', () => experiment({ trafficshare: 0.5 }), 'trafficshare is not a field'),
    invalid(
      'mistypes a field of a variant',
      () => experiment({ variants: [small, { ...large, wieght: 2 }] }),
      'variants.1.wieght is not a field',
    ),
    invalid(
      'gives a variant a negative weight',
      () => experiment({ variants: [small, { ...large, weight: -1 }] }),
      'variants.1.weight must not be less than 0',
    ),
    invalid(
      'writes a weight in words',
      () => experiment({ variants: [small, { ...large, weight: '1' }] }),
      'variants.1.weight must be a number',
    ),
    invalid(
      'leaves the hypothesis empty',
      () => experiment({ hypothesis: '  ' }),
      'hypothesis must not be blank',
    ),
    invalid('leaves out the variants', () => experiment({ variants: undefined }), 'variants'),
    invalid(
      'asks for no traffic',
      () => experiment({ trafficShare: 0 }),
      'trafficShare must be a positive number',
    ),
    invalid(
      'asks for more than all traffic',
      () => experiment({ trafficShare: 1.5 }),
      'trafficShare must not be greater than 1',
    ),
    invalid(
      'sends NaN as a text',
      () => experiment({ trafficShare: 'NaN' }),
      'trafficShare must be a number',
    ),
    bad('sends NaN as JSON', () => withJson('"trafficShare":NaN'), 400, 'BODY_NOT_JSON', 'NaN'),
    invalid('sends a number beyond all numbers', () => withJson('"trafficShare":1e999'), 'trafficShare'),
    invalid(
      'takes no risk at all',
      () => experiment({ plan: { alpha: 0 } }),
      'plan.alpha must not be less than',
    ),
    invalid(
      'takes every risk',
      () => experiment({ plan: { alpha: 1 } }),
      'plan.alpha must not be greater than 0.5',
    ),
    invalid(
      'plans half a unit',
      () => experiment({ plan: { plannedUnits: 10.5 } }),
      'plan.plannedUnits must be an integer',
    ),
    invalid(
      'names a day that does not exist',
      () => experiment({ endAt: '2099-02-30T00:00:00Z' }),
      'endAt must be a time',
    ),
    invalid(
      'leaves out the time zone',
      () => experiment({ endAt: '2099-02-03T00:00:00' }),
      'endAt must be a time with its offset',
    ),
    bad(
      'ends before the start',
      () => experiment({ startAt: '2099-02-03T00:00:00Z', endAt: '2099-02-02T00:00:00Z' }),
      422,
      'DATES_NOT_ORDERED',
      '2099-02-02',
    ),
    bad(
      'plans a start in the past',
      () => experiment({ startAt: '2020-01-01T00:00:00Z' }),
      422,
      'START_HAS_PASSED',
      '2020-01-01',
    ),
    bad(
      'forgets the control',
      () => experiment({ variants: [{ ...small, control: false }, large] }),
      422,
      'CONTROL_MISSING',
      'control',
    ),
    bad(
      'has two controls',
      () => experiment({ variants: [small, { ...large, control: true }] }),
      422,
      'CONTROL_REPEATED',
      'small and large',
    ),
    bad(
      'compares one thing with nothing',
      () => experiment({ variants: [small] }),
      422,
      'VARIANTS_TOO_FEW',
      'two',
    ),
    bad(
      'calls two variants the same',
      () => experiment({ variants: [small, { ...large, key: 'small' }] }),
      422,
      'VARIANT_REPEATED',
      '"small"',
    ),
    bad(
      'gives the control no weight',
      () => experiment({ variants: [{ ...small, weight: 0 }, large] }),
      422,
      'WEIGHTS_NOT_VALID',
      'control has no weight',
    ),
    bad(
      'names a task that is not',
      () => experiment({ task: 'support-mail' }),
      404,
      'TASK_UNKNOWN',
      'support-mail',
    ),
    bad(
      'names a model that is not',
      () => experiment({ variants: [small, { ...large, model: 'support-huge' }] }),
      404,
      'MODEL_UNKNOWN',
      'support-huge',
    ),
    bad(
      'names a metric that is not',
      () => experiment({ metrics: [{ ...quality, metric: 'happiness' }] }),
      404,
      'METRIC_UNKNOWN',
      'happiness',
    ),
    bad(
      'names an environment that is not',
      () => experiment({ environment: 'moon' }),
      404,
      'ENVIRONMENT_UNKNOWN',
      'moon',
    ),
    bad(
      'lists a metric twice',
      () => experiment({ metrics: [quality, { metric: 'quality', role: 'exploratory' }] }),
      422,
      'METRIC_REPEATED',
      'quality',
    ),
    bad(
      'does not say what effect is worth having',
      () => experiment({ metrics: [{ metric: 'quality', role: 'success' }] }),
      422,
      'MDE_MISSING',
      'quality',
    ),
    bad(
      'gives a success metric a margin',
      () => experiment({ metrics: [{ ...quality, margin: slow!.margin }] }),
      422,
      'METRIC_FIELDS_NOT_ALLOWED',
      'guardrail',
    ),
    invalid(
      'wants an effect of nothing',
      () => experiment({ metrics: [{ ...quality, mde: { value: 0, type: 'relative' } }] }),
      'metrics.0.mde.value must be a positive number',
    ),
    invalid(
      'writes an amount as a number',
      () => experiment({ metrics: [{ ...quality, mde: 0.05 }] }),
      'metrics.0.mde',
    ),
    bad(
      'decides by a metric without a direction',
      () => experiment({ metrics: [{ ...quality, metric: 'no-direction' }] }),
      422,
      'METRIC_HAS_NO_DIRECTION',
      'no-direction',
    ),
    bad(
      'decides by a quantile',
      () => experiment({ metrics: [{ ...quality, metric: 'p95' }] }),
      422,
      'METRIC_NOT_DECIDABLE',
      'p95',
    ),
    bad(
      'measures per tenant what is randomised by user',
      () => experiment({ metrics: [{ ...quality, metric: 'per-tenant' }] }),
      422,
      'METRIC_UNIT_MISMATCH',
      'tenant',
    ),
    invalid(
      'writes an audience nobody understands',
      () => experiment({ audience: { attribute: 'country', operator: 'is', value: 'DE' } }),
      'audience.operator',
    ),
    bad(
      'overrides into a variant that is not',
      () => experiment({ overrides: { me: 'huge' } }),
      422,
      'VARIANT_UNKNOWN',
      'huge',
    ),

    // What they do with one.
    bad(
      'reads an experiment that is not',
      () => control.call('get', '/api/v1/experiments/nothing'),
      404,
      'EXPERIMENT_UNKNOWN',
      'nothing',
    ),
    bad(
      'starts it twice',
      () => post('/api/v1/experiments/running/start'),
      409,
      'STATE_NOT_ALLOWED',
      'running is running',
    ),
    bad(
      'starts beside one that has the traffic',
      () => post('/api/v1/experiments/greedy/start'),
      409,
      'TRAFFIC_NOT_AVAILABLE',
      'only 40 % is free; taken by running (60 %)',
    ),
    bad(
      'starts without anything to succeed by',
      () => post('/api/v1/experiments/no-success/start'),
      422,
      'SUCCESS_METRIC_MISSING',
      'no-success',
    ),
    bad('pauses a draft', () => post('/api/v1/experiments/draft/pause'), 409, 'STATE_NOT_ALLOWED', 'draft'),
    bad(
      'resumes what is running',
      () => post('/api/v1/experiments/running/resume'),
      409,
      'STATE_NOT_ALLOWED',
      'running',
    ),
    bad(
      'concludes a draft',
      () => post('/api/v1/experiments/draft/conclude', { decision: 'stop', reason: 'x' }),
      409,
      'STATE_NOT_ALLOWED',
      'draft is draft',
    ),
    bad(
      'ships without saying what',
      () => post('/api/v1/experiments/running/conclude', { decision: 'ship', reason: 'x' }),
      422,
      'VARIANT_NEEDED',
      'large',
    ),
    bad(
      'ships a variant that is not',
      () => post('/api/v1/experiments/running/conclude', { decision: 'ship', variant: 'huge', reason: 'x' }),
      422,
      'VARIANT_UNKNOWN',
      'huge',
    ),
    bad(
      'ships the control',
      () => post('/api/v1/experiments/running/conclude', { decision: 'ship', variant: 'small', reason: 'x' }),
      422,
      'VARIANT_UNKNOWN',
      'is the control',
    ),
    invalid(
      'concludes without a reason',
      () => post('/api/v1/experiments/running/conclude', { decision: 'no-ship' }),
      'reason',
    ),
    bad(
      'archives what is running',
      () => post('/api/v1/experiments/running/archive'),
      409,
      'STATE_NOT_ALLOWED',
      'running',
    ),
    bad(
      'clones onto a key that is taken',
      () => post('/api/v1/experiments/draft/clone', { key: 'running' }),
      409,
      'KEY_TAKEN',
      'running',
    ),
    invalid(
      'says something while starting',
      () => post('/api/v1/experiments/draft/start', { force: true }),
      'force is not a field',
    ),
    invalid('comments nothing', () => post('/api/v1/experiments/draft/comments', { body: '' }), 'body'),
    bad(
      'edits without If-Match',
      () => patch('draft', null, { trafficShare: 0.5 }),
      428,
      'IF_MATCH_MISSING',
      'If-Match',
    ),
    bad(
      'edits with an If-Match nobody gave',
      () => patch('draft', 'draft', { trafficShare: 0.5 }),
      400,
      'IF_MATCH_NOT_VALID',
      'draft',
    ),
    bad(
      'edits what somebody else has edited',
      () => patch('draft', '"7"', { trafficShare: 0.5 }),
      412,
      'REVISION_MISMATCH',
      'revision 7',
    ),
    bad(
      'changes the hypothesis of what runs',
      () => patch('running', '"2"', { hypothesis: 'I always knew' }),
      409,
      'PLAN_IS_FIXED',
      'clone it',
    ),
    bad(
      'changes the level of what runs',
      () => patch('running', '"2"', { plan: { alpha: 0.2 } }),
      409,
      'PLAN_IS_FIXED',
      'plan cannot change',
    ),
    bad(
      'swaps a model while it runs',
      () => patch('running', '"2"', { variants: [small, { ...large, model: 'support-small' }] }),
      409,
      'PLAN_IS_FIXED',
      'weights',
    ),
    bad(
      'drops a guardrail while it runs',
      () => patch('running', '"2"', { metrics: [quality] }),
      409,
      'PLAN_IS_FIXED',
      'metrics',
    ),
    bad(
      'ends what runs in the past',
      () => patch('running', '"2"', { endAt: '2020-01-01T00:00:00Z' }),
      422,
      'END_HAS_PASSED',
      '2020-01-01',
    ),
    bad(
      'edits what is concluded',
      () => patch('concluded', '"3"', { trafficShare: 0.5 }),
      409,
      'PLAN_IS_FIXED',
      'concluded',
    ),

    // Segments, holdouts and prerequisites.
    bad(
      'names a segment that is not there',
      () => experiment({ audience: { not: { segment: 'nobody' } } }),
      404,
      'SEGMENT_UNKNOWN',
      'nobody',
    ),
    bad(
      'builds a segment on one that is not there',
      () => post('/api/v1/segments', { key: 'a', condition: { segment: 'nobody' } }),
      404,
      'SEGMENT_UNKNOWN',
      'nobody',
    ),
    bad(
      'builds a segment on itself',
      () =>
        control
          .call('patch', '/api/v1/segments/inner')
          .set('If-Match', '"1"')
          .send({ condition: { any: [{ segment: 'outer' }] } }),
      422,
      'SEGMENT_NESTING',
      'inner → outer → inner',
    ),
    bad(
      'overwrites what somebody else made of a segment',
      () => control.call('patch', '/api/v1/segments/inner').set('If-Match', '"7"').send({ name: 'Mine' }),
      412,
      'REVISION_MISMATCH',
      'revision 7',
    ),
    bad(
      'changes a segment without saying which revision',
      () => control.call('patch', '/api/v1/segments/inner').send({ name: 'Mine' }),
      428,
      'IF_MATCH_MISSING',
      'If-Match',
    ),
    bad(
      'deletes a segment that another one needs',
      () => control.call('delete', '/api/v1/segments/inner'),
      409,
      'SEGMENT_IN_USE',
      'segment outer',
    ),
    bad(
      'makes a segment twice',
      () => post('/api/v1/segments', { key: 'inner', condition: { all: [] } }),
      409,
      'KEY_TAKEN',
      'inner',
    ),
    invalid(
      'makes a segment of nothing',
      () => post('/api/v1/segments', { key: 'empty', condition: null }),
      'condition must be an object',
    ),
    bad('holds back a task twice', () => holdout({ key: 'second' }), 409, 'HOLDOUT_OVERLAPS', '2026-q1'),
    bad('holds a task back under a key of old', () => holdout({}), 409, 'KEY_TAKEN', '2026-q1'),
    bad(
      'holds units of a task back that nobody serves',
      () => holdout({ key: 'none', tasks: ['unserved'] }),
      409,
      'HOLDOUT_NEEDS_CHAMPION',
      'unserved',
    ),
    bad(
      'holds users and tenants back together',
      () => holdout({ key: 'mixed', tasks: ['support-reply', 'per-tenant'] }),
      422,
      'HOLDOUT_UNITS_DIFFER',
      'tenant',
    ),
    bad(
      'holds back a task that is not there',
      () => holdout({ key: 'none', tasks: ['no-such-task'] }),
      404,
      'TASK_UNKNOWN',
      'no-such-task',
    ),
    invalid('holds everybody back', () => holdout({ key: 'all', share: 1 }), 'share must not be greater'),
    bad(
      'begins a holdout yesterday',
      () => holdout({ key: 'past', startAt: '2020-01-01T00:00:00Z' }),
      422,
      'START_HAS_PASSED',
      '2020-01-01',
    ),
    bad(
      'ends a holdout before it begins',
      () => holdout({ key: 'back', startAt: '2099-02-01T00:00:00Z', endAt: '2099-01-01T00:00:00Z' }),
      422,
      'DATES_NOT_ORDERED',
      '2099-01-01',
    ),
    bad(
      'ends a holdout that is not there',
      () => post('/api/v1/holdouts/no-such/end', { reason: 'over' }),
      404,
      'HOLDOUT_UNKNOWN',
      'no-such',
    ),
    bad(
      'ends a holdout with the key of another environment',
      () => post('/api/v1/holdouts/2026-q1/end', { reason: 'over' }, keys.staging),
      403,
      'ENVIRONMENT_NOT_ALLOWED',
      'production',
    ),
    bad(
      'waits for the answer of the same task',
      () => experiment({ prerequisites: [{ task: 'support-reply', models: ['support-large'] }] }),
      422,
      'PREREQUISITE_NOT_VALID',
      'support-reply',
    ),
    bad(
      'waits for any answer at all',
      () => experiment({ prerequisites: [{ task: 'unserved' }] }),
      422,
      'PREREQUISITE_NOT_VALID',
      'unserved',
    ),
    bad(
      'waits for a task that is not there',
      () => experiment({ prerequisites: [{ task: 'no-such-task', variants: ['large'] }] }),
      404,
      'TASK_UNKNOWN',
      'no-such-task',
    ),
    bad(
      'waits for a model that is not there',
      () => experiment({ prerequisites: [{ task: 'unserved', models: ['no-such-model'] }] }),
      404,
      'MODEL_UNKNOWN',
      'no-such-model',
    ),
    bad(
      'waits for the answer another unit gets',
      () => experiment({ prerequisites: [{ task: 'per-tenant', variants: ['large'] }] }),
      422,
      'PREREQUISITE_UNIT_MISMATCH',
      'tenant',
    ),
    invalid(
      'waits for nothing in particular',
      () => experiment({ prerequisites: [{ task: 'unserved', models: [] }] }),
      'prerequisites.0.models must contain at least 1',
    ),
    bad(
      'changes what a running experiment waits for',
      () => patch('running', '"2"', { prerequisites: [{ task: 'unserved', variants: ['large'] }] }),
      409,
      'PLAN_IS_FIXED',
      'prerequisites',
    ),
    bad(
      'starts what the hash scheme cannot say',
      () => post('/api/v1/experiments/inexpressible/start'),
      422,
      'SCHEME_CANNOT_EXPRESS',
      '12.5 %',
    ),
    bad(
      'asks for the size of nothing',
      () => post('/api/v1/power', { baseline: { mean: 0, sd: 1 }, mde: { value: 0.05, type: 'relative' } }),
      422,
      'POWER_NOT_POSSIBLE',
      'no number of units',
    ),
    bad(
      'moves a clock that is real',
      () => post('/api/v1/clock', { advanceSeconds: 60 }),
      409,
      'CLOCK_NOT_VIRTUAL',
      'real time',
    ),
  ];

  it('are at least a hundred', () => expect(mistakes.length).toBeGreaterThanOrEqual(100));

  it.each(mistakes)('are told clearly: $name', async ({ send, status, code, says }) => {
    const before = await control.rowCounts();
    const { body, headers, status: answered } = await send();
    expect({ status: answered, code: body.code, detail: body.detail }).toEqual({
      status,
      code,
      detail: expect.any(String),
    });
    expect(headers['content-type']).toContain('application/problem+json');
    expect(body).toMatchObject({
      type: `urn:contender:error:${code}`,
      status,
      requestId: expect.any(String),
    });
    expect(
      [body.detail, ...(body.errors ?? []).map((error: { message: string }) => error.message)].join('\n'),
    ).toMatch(typeof says === 'string' ? new RegExp(says.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')) : says);
    expect(JSON.stringify(body)).not.toMatch(/node_modules|\.ts:|SELECT|INSERT/);
    expect(await control.rowCounts()).toEqual(before);
  });
});
