import Ajv from 'ajv';
import { assignmentsRequestSchema, assignmentsResponseSchema } from './assignments.js';
import { EVENT_REJECTIONS, eventsRequestSchema, eventsResponseSchema } from './events.js';
import { feedbackRequestSchema, feedbackResponseSchema } from './feedback.js';
import { growthbookEvalRequestSchema } from './growthbook.js';
import { withDataPlane } from './openapi.js';
import { DATA_PLANE_ERRORS } from './problem.js';
import type { Schema } from './schema.js';
import {
  unleashBulkMetricsSchema,
  unleashFrontendRequestSchema,
  unleashFrontendResponseSchema,
  unleashMetricsSchema,
  unleashRegistrationSchema,
} from './unleash.js';

const ajv = new Ajv({ strict: true, allowUnionTypes: true, strictTypes: false, strictRequired: false });
ajv.addVocabulary(['example']);
ajv.addFormat('date-time', true);

/** Every schema inside a schema that carries an example. */
function withExamples(schema: unknown, path: string): Array<[string, Schema]> {
  if (typeof schema !== 'object' || schema === null) return [];
  const own: Array<[string, Schema]> = Object.hasOwn(schema, 'example') ? [[path, schema as Schema]] : [];
  const inner = Object.entries(schema).filter(([key]) => key !== 'example');
  return [...own, ...inner.flatMap(([key, value]) => withExamples(value, `${path}/${key}`))];
}

describe('the data plane on the wire', () => {
  it.each(
    Object.entries({
      assignmentsRequestSchema,
      assignmentsResponseSchema,
      eventsRequestSchema,
      eventsResponseSchema,
      feedbackRequestSchema,
      feedbackResponseSchema,
      growthbookEvalRequestSchema,
      unleashFrontendRequestSchema,
      unleashFrontendResponseSchema,
      unleashMetricsSchema,
      unleashBulkMetricsSchema,
      unleashRegistrationSchema,
    }).flatMap(([name, schema]) => withExamples(schema, name)),
  )('shows an example at %s that its own schema takes', (_path, schema) => {
    const validate = ajv.compile(schema);
    expect([validate(schema.example), validate.errors]).toEqual([true, null]);
  });

  it.each([
    [{}, false],
    [{ task: 'a', unit: 'u' }, false],
    [{ task: 'a', thumb: 'up' }, false],
    [{ inferenceId: 'i', thumb: 'up', rating: 3 }, false],
    [{ inferenceId: 'i', thumb: 'sideways' }, false],
    [{ inferenceId: 'i', rating: 3 }, true],
    [{ task: 'a', unit: 'u', thumb: 'down' }, true],
  ])('feedback %j is taken: %s', (body, taken) => {
    expect(ajv.compile(feedbackRequestSchema)(body)).toBe(taken);
  });

  it('adds its calls to a document with schemas for all that they refer to', () => {
    const given = {
      paths: { '/api/v1/models': {} },
      components: { schemas: { Problem: { title: 'kept' } } },
    };
    const document = withDataPlane(given, 'http://edge');
    expect(Object.keys(document.paths)).toContain('/api/v1/assignments');
    expect(document.paths).toHaveProperty(['/api/v1/models']);
    const schemas = document.components.schemas as Record<string, unknown>;
    expect(schemas.Problem).toEqual({ title: 'kept' });
    const references = [...JSON.stringify(document).matchAll(/#\/components\/schemas\/(\w+)/g)].map(
      (m) => m[1]!,
    );
    for (const name of references) expect(schemas).toHaveProperty([name]);
  });

  it('says for every rejection what it means', () => {
    const documented = JSON.stringify(eventsResponseSchema);
    for (const code of Object.keys(EVENT_REJECTIONS)) expect(documented).toContain(`${code}: `);
    for (const status of Object.values(DATA_PLANE_ERRORS)) expect(status).toBeGreaterThanOrEqual(400);
  });
});
