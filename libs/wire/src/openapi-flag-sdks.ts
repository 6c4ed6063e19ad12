import { type DescribeCall, EVERY_BODY, EVERY_CALL, json, problems } from './openapi-parts.js';
import type { Schema } from './schema.js';
import { NO_UNIT } from './unleash.js';

const ETAG: Schema = { headers: { ETag: { schema: { type: 'string' } } } };
const HELD: Schema = { name: 'If-None-Match', in: 'header', required: false, schema: { type: 'string' } };
const ANYTHING: Schema = { 'application/json': { schema: { type: 'object', additionalProperties: true } } };
const STREAM: Schema = {
  description: 'The stream.',
  content: { 'text/event-stream': { schema: { type: 'string' } } },
};
const UNCHANGED: Schema = { description: 'Nothing changed.' };

const filter = (name: string, description: string): Schema => ({
  name,
  in: 'query',
  required: false,
  description,
  schema: { type: 'string' },
});

const FILTERS = [
  filter('namePrefix', 'Only tasks whose key begins so.'),
  filter('project', '`default` or `*`; others have no tasks.'),
  filter('tag', 'Tasks have none.'),
];

/** What the SDKs of Unleash and GrowthBook ask. */
export function flagSdkPaths(call: DescribeCall): Record<string, Schema> {
  return { ...unleashPaths(call), ...growthbookPaths(call) };
}

function unleashPaths(call: DescribeCall): Record<string, Schema> {
  const told = (name: string): Schema => ({
    requestBody: { required: true, content: json(name) },
    responses: { '202': { description: 'Taken.' }, ...problems(...EVERY_BODY, 'STORE_UNAVAILABLE') },
  });
  const toggles: Schema = {
    '200': { description: 'Every enabled toggle.', ...ETAG, content: json('UnleashFrontendResponse') },
    '304': { description: 'Nothing changed for this context.' },
  };
  const counts =
    'Counts by arm are kept as a cross-check of exposures (never as evidence: they are sums over units). A sample of an impact metric becomes an outcome where its labels say whom it is about.';
  return {
    '/api/frontend': {
      get: call(
        'unleashToggles',
        'Unleash (frontend API): the toggles of a context',
        'For SDKs that ask for a context\u2019s answers. Toggle = task; every hash scheme is evaluated here. `Authorization` may hold the bare key. Exposes nobody: send an exposure event, or outcomes with the assignmentId of the payload, once a toggle is used.',
        {
          parameters: [
            filter('userId', `The unit of tasks by user. ${NO_UNIT}`),
            filter('sessionId', `The unit of tasks by session. ${NO_UNIT}`),
            {
              name: 'properties',
              in: 'query',
              required: false,
              description: 'Attributes, as `properties[plan]=pro`.',
              style: 'deepObject',
              explode: true,
              schema: { type: 'object', additionalProperties: { type: 'string' } },
            },
            HELD,
          ],
          responses: { ...toggles, ...problems(...EVERY_CALL) },
        },
      ),
      post: call(
        'unleashTogglesOf',
        'Unleash (frontend API): the same, the context in the body',
        'As GET; a context in the body stays out of logs.',
        {
          parameters: [HELD],
          requestBody: { required: true, content: json('UnleashFrontendRequest') },
          responses: { ...toggles, ...problems(...EVERY_BODY) },
        },
      ),
    },
    '/api/frontend/client/metrics': {
      post: call(
        'unleashFrontendMetrics',
        'Unleash (frontend API): what an SDK used',
        counts,
        told('UnleashMetrics'),
      ),
    },
    '/api/frontend/client/register': {
      post: call(
        'unleashFrontendRegister',
        'Unleash (frontend API): an SDK says that it is there',
        'Told in the log.',
        told('UnleashRegistration'),
      ),
    },
    '/api/client/features': {
      get: call(
        'unleashFeatures',
        'Unleash (client API): features for local evaluation',
        'The tasks of scheme `unleash`, each an ordered list of strategies whose variants carry the model as JSON. Tasks of other schemes are listed under `omitted`, with the route that answers them.',
        {
          parameters: [...FILTERS, HELD],
          responses: {
            '200': { description: 'The features.', ...ETAG, content: ANYTHING },
            '304': UNCHANGED,
            ...problems(...EVERY_CALL),
          },
        },
      ),
    },
    '/api/client/features/{name}': {
      get: call('unleashFeature', 'Unleash (client API): one feature', 'As in the list.', {
        parameters: [
          { name: 'name', in: 'path', required: true, schema: { type: 'string' }, example: 'support-reply' },
          HELD,
        ],
        responses: {
          '200': { description: 'The feature.', ...ETAG, content: ANYTHING },
          '304': UNCHANGED,
          ...problems(...EVERY_CALL, 'TASK_UNKNOWN', 'SCHEME_NOT_LOCAL'),
        },
      }),
    },
    '/api/client/delta': {
      get: call(
        'unleashDelta',
        'Unleash (client API): what changed',
        'Events since the ETag sent as `If-None-Match`; a `hydration` with everything at first, or when that is too long ago.',
        {
          parameters: [...FILTERS, HELD],
          responses: {
            '200': { description: 'The events.', ...ETAG, content: ANYTHING },
            '304': UNCHANGED,
            ...problems(...EVERY_CALL),
          },
        },
      ),
    },
    '/api/client/streaming': {
      get: call(
        'unleashStreaming',
        'Unleash (client API): hear what changes',
        'Server-sent events: `unleash-connected` with everything, then `unleash-updated` with what changed.',
        {
          parameters: FILTERS,
          responses: { '200': STREAM, ...problems(...EVERY_CALL, 'STREAMS_EXHAUSTED') },
        },
      ),
    },
    '/api/client/metrics': {
      post: call(
        'unleashMetrics',
        'Unleash (client API): what an SDK evaluated',
        counts,
        told('UnleashMetrics'),
      ),
    },
    '/api/client/metrics/bulk': {
      post: call(
        'unleashBulkMetrics',
        'Unleash (client API): what many SDKs evaluated, by way of a proxy',
        counts,
        told('UnleashBulkMetrics'),
      ),
    },
    '/api/client/register': {
      post: call(
        'unleashRegister',
        'Unleash (client API): an SDK says that it is there',
        'Told in the log.',
        told('UnleashRegistration'),
      ),
    },
  };
}

function growthbookPaths(call: DescribeCall): Record<string, Schema> {
  const clientKey: Schema = {
    name: 'clientKey',
    in: 'path',
    required: true,
    description:
      'The id of a service key (eight digits, no secret), with the key in `Authorization` or `X-API-Key`; or the whole key, for SDKs that send no header.',
    schema: { type: 'string' },
    example: '1f2e3d4c',
  };
  return {
    '/api/features/{clientKey}': {
      get: call(
        'growthbookFeatures',
        'GrowthBook: features for local evaluation',
        'The tasks of scheme `growthbook-v2`. Tasks of other schemes are listed under `omitted`, with the route that answers them.',
        {
          parameters: [clientKey, HELD],
          responses: {
            '200': { description: 'The features.', ...ETAG, content: json('GrowthbookFeatures') },
            '304': UNCHANGED,
            ...problems(...EVERY_CALL),
          },
        },
      ),
    },
    '/api/eval/{clientKey}': {
      post: call(
        'growthbookEval',
        'GrowthBook: remote evaluation',
        'Every task, under every hash scheme, as features that need no evaluation; arms carry a track, so that the SDK calls its trackingCallback at the first use. Exposes nobody by itself.',
        {
          parameters: [clientKey],
          requestBody: { required: true, content: json('GrowthbookEvalRequest') },
          responses: {
            '200': { description: 'The features.', content: json('GrowthbookFeatures') },
            ...problems(...EVERY_BODY),
          },
        },
      ),
    },
    '/sub/{clientKey}': {
      get: call(
        'growthbookStream',
        'GrowthBook: hear of new rules',
        'Server-sent events named `features-updated`; SDKs fetch anew. The id of a key is enough here: the stream tells only that rules have changed.',
        {
          parameters: [clientKey],
          responses: { '200': STREAM, ...problems(...EVERY_CALL, 'STREAMS_EXHAUSTED') },
        },
      ),
    },
  };
}
