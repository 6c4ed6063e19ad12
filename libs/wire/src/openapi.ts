import { assignmentsRequestSchema, assignmentsResponseSchema } from './assignments.js';
import {
  eventsCheckResponseSchema,
  eventSchema,
  eventsRequestSchema,
  eventsResponseSchema,
} from './events.js';
import { feedbackRequestSchema, feedbackResponseSchema } from './feedback.js';
import { growthbookEvalRequestSchema, growthbookFeaturesSchema } from './growthbook.js';
import { ofrepBulkSchema, ofrepEvaluationSchema, ofrepFailureSchema, ofrepRequestSchema } from './ofrep.js';
import { flagSdkPaths } from './openapi-flag-sdks.js';
import { describeCalls, EVERY_BODY, EVERY_CALL, json, problems } from './openapi-parts.js';
import { problemSchema } from './problem.js';
import type { Schema } from './schema.js';
import {
  unleashBulkMetricsSchema,
  unleashFrontendRequestSchema,
  unleashFrontendResponseSchema,
  unleashMetricsSchema,
  unleashRegistrationSchema,
} from './unleash.js';

/** What an OpenAPI document needs to hold for the fragment to be added. */
interface Document {
  paths: Record<string, unknown>;
  components?: { schemas?: Record<string, unknown> };
}

const SCHEMAS: Readonly<Record<string, Schema>> = {
  AssignmentsRequest: assignmentsRequestSchema,
  AssignmentsResponse: assignmentsResponseSchema,
  Event: eventSchema,
  EventsRequest: eventsRequestSchema,
  EventsResponse: eventsResponseSchema,
  EventsCheckResponse: eventsCheckResponseSchema,
  FeedbackRequest: feedbackRequestSchema,
  FeedbackResponse: feedbackResponseSchema,
  OfrepRequest: ofrepRequestSchema,
  OfrepEvaluation: ofrepEvaluationSchema,
  OfrepFailure: ofrepFailureSchema,
  OfrepBulkResponse: ofrepBulkSchema,
  UnleashFrontendRequest: unleashFrontendRequestSchema,
  UnleashFrontendResponse: unleashFrontendResponseSchema,
  UnleashMetrics: unleashMetricsSchema,
  UnleashBulkMetrics: unleashBulkMetricsSchema,
  UnleashRegistration: unleashRegistrationSchema,
  GrowthbookEvalRequest: growthbookEvalRequestSchema,
  GrowthbookFeatures: growthbookFeaturesSchema,
  Problem: problemSchema,
};

const EVENTS_BODY = {
  required: true,
  content: {
    ...json('EventsRequest'),
    'application/x-ndjson': {
      schema: { type: 'string', description: 'One event a line.' },
      example:
        '{"id":"e-1","type":"outcome","task":"support-reply","unit":"user-42","at":"2026-01-05T10:00:00Z","metric":"quality","value":0.9}\n',
    },
  },
};

/** The data plane's calls, addressed to the edge. */
function paths(edgeUrl: string): Record<string, Schema> {
  const call = describeCalls(edgeUrl);
  return {
    '/api/v1/assignments': {
      post: call(
        'assign',
        'Which model serves this unit?',
        'Decided from memory by hash: the same unit always gets the same arm, on every edge and after every restart. An answer for one task records the exposure within 100 ms; an answer for several does so only with `expose: true`.',
        {
          requestBody: { required: true, content: json('AssignmentsRequest') },
          responses: {
            '200': {
              description: 'One assignment per task, in the order asked.',
              content: json('AssignmentsResponse'),
            },
            ...problems(...EVERY_BODY),
          },
        },
      ),
    },
    '/api/v1/events': {
      post: call(
        'sendEvents',
        'Send exposures and outcomes',
        'Up to 5,000 a batch, as `{"events": […]}` or as NDJSON with one event a line; gzip is understood. Every event is judged on its own: good ones are taken, bad ones are listed with their place and a code. An answer means the accepted ones are durable; while the database is away they are `spooled` on the disk of the edge, and which of them are duplicates is found later. Sending a batch again is safe: an id counts once. `at` is when it happened: what happened before the unit was first exposed is kept, and counts for no experiment.',
        {
          requestBody: EVENTS_BODY,
          responses: {
            '200': { description: 'What became of the batch.', content: json('EventsResponse') },
            ...problems(
              ...EVERY_BODY,
              'BATCH_TOO_LARGE',
              'BODY_NOT_GZIP',
              'ENCODING_NOT_SUPPORTED',
              'INTAKE_BUSY',
              'STORE_UNAVAILABLE',
              'SPOOL_FULL',
            ),
          },
        },
      ),
    },
    '/api/v1/events/check': {
      post: call(
        'checkEvents',
        'Would these events be taken?',
        'Judges a batch exactly as sending it would, and stores nothing: for imports, and while you write a sender. Whether an id belongs to another event already is not looked at.',
        {
          requestBody: EVENTS_BODY,
          responses: {
            '200': { description: 'What would be refused.', content: json('EventsCheckResponse') },
            ...problems(
              ...EVERY_BODY,
              'BATCH_TOO_LARGE',
              'BODY_NOT_GZIP',
              'ENCODING_NOT_SUPPORTED',
              'INTAKE_BUSY',
              'STORE_UNAVAILABLE',
            ),
          },
        },
      ),
    },
    '/api/v1/feedback': {
      post: call(
        'sendFeedback',
        'A thumb, a rating, a comment',
        'Becomes an outcome: a thumb one named `feedback` (up 1, down 0), a rating one named `rating`; make a metric with that `source` to measure it.',
        {
          requestBody: { required: true, content: json('FeedbackRequest') },
          responses: {
            '200': { description: 'Stored.', content: json('FeedbackResponse') },
            ...problems(...EVERY_BODY, 'EVENT_REJECTED', 'STORE_UNAVAILABLE', 'SPOOL_FULL'),
          },
        },
      ),
    },
    '/api/v1/ruleset': {
      get: call(
        'readRuleset',
        'The rules, whole',
        'The snapshot the edge decides from, for SDKs that evaluate in-process. Send the ETag back as `If-None-Match`: 304 while nothing changed.',
        {
          parameters: [{ name: 'If-None-Match', in: 'header', required: false, schema: { type: 'string' } }],
          responses: {
            '200': {
              description: 'The snapshot.',
              headers: { ETag: { schema: { type: 'string' } } },
              content: { 'application/json': { schema: { type: 'object', additionalProperties: true } } },
            },
            '304': { description: 'Nothing changed.' },
            ...problems(...EVERY_CALL),
          },
        },
      ),
    },
    '/api/v1/ruleset/stream': {
      get: call(
        'streamRuleset',
        'Hear of new rules',
        'Server-sent events named `ruleset` with {version, etag}: one at once, then one whenever `GET /api/v1/ruleset` changes. `Last-Event-ID` skips the first when nothing changed meanwhile.',
        {
          responses: {
            '200': {
              description: 'The stream.',
              content: { 'text/event-stream': { schema: { type: 'string' } } },
            },
            ...problems(...EVERY_CALL, 'STREAMS_EXHAUSTED'),
          },
        },
      ),
    },
    '/ofrep/v1/evaluate/flags/{key}': {
      post: call(
        'evaluateFlag',
        'OpenFeature (OFREP 0.3): one task',
        'For server-side OFREP providers; flag = task. The value is `key@version` of the model, `metadata` has the rest. Exposes the unit unless `?expose=false`.',
        {
          parameters: [
            { name: 'key', in: 'path', required: true, schema: { type: 'string' }, example: 'support-reply' },
            { name: 'expose', in: 'query', required: false, schema: { type: 'boolean' } },
          ],
          requestBody: { required: true, content: json('OfrepRequest') },
          responses: {
            '200': { description: 'The evaluation.', content: json('OfrepEvaluation') },
            '400': {
              description: '`TARGETING_KEY_MISSING`, `INVALID_CONTEXT`, `PARSE_ERROR`',
              content: json('OfrepFailure'),
            },
            '404': { description: '`FLAG_NOT_FOUND`', content: json('OfrepFailure') },
            ...problems(...EVERY_CALL, 'BODY_TOO_LARGE', 'MEDIA_TYPE_NOT_SUPPORTED'),
          },
        },
      ),
    },
    '/ofrep/v1/evaluate/flags': {
      post: call(
        'evaluateFlags',
        'OpenFeature (OFREP 0.3): all tasks',
        'For client-side OFREP providers. Exposes nobody: send an exposure event, or outcomes with the assignmentId, once a value is used. The ETag stands for rules and context; `eventStreams` names where changes are told.',
        {
          parameters: [{ name: 'If-None-Match', in: 'header', required: false, schema: { type: 'string' } }],
          requestBody: { required: true, content: json('OfrepRequest') },
          responses: {
            '200': {
              description: 'All evaluations.',
              headers: { ETag: { schema: { type: 'string' } } },
              content: json('OfrepBulkResponse'),
            },
            '304': { description: 'Nothing changed for this context.' },
            '400': {
              description: '`TARGETING_KEY_MISSING`, `INVALID_CONTEXT`, `PARSE_ERROR`',
              content: json('OfrepFailure'),
            },
            ...problems(...EVERY_CALL, 'BODY_TOO_LARGE', 'MEDIA_TYPE_NOT_SUPPORTED'),
          },
        },
      ),
    },
  };
}

/**
 * Adds the data plane's calls to the control plane's OpenAPI 3.0 document; schemas the document has already stay.
 *
 * /health and /metrics are the same on both planes and documented once, there.
 */

export function withDataPlane<T extends Document>(document: T, edgeUrl: string): T {
  return {
    ...document,
    paths: { ...document.paths, ...paths(edgeUrl), ...flagSdkPaths(describeCalls(edgeUrl)) },
    components: {
      ...document.components,
      schemas: { ...withoutPropertyNames(SCHEMAS), ...document.components?.schemas },
    },
  };
}

/** OpenAPI 3.0 knows all our keywords but this one. */
function withoutPropertyNames(schemas: Readonly<Record<string, Schema>>): Record<string, unknown> {
  const text = JSON.stringify(schemas, (key, value: unknown) =>
    key === 'propertyNames' ? undefined : value,
  );
  return JSON.parse(text) as Record<string, unknown>;
}
