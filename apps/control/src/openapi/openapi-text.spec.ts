import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { openApiText } from './openapi-text.js';
import { TAG_DESCRIPTIONS } from './tags.js';

const COMMITTED = path.join(__dirname, '../../../../docs/openapi.json');

interface Operation {
  operationId: string;
  summary?: string;
  tags?: string[];
  responses: Record<string, unknown>;
  parameters?: {
    name: string;
    in: string;
    required?: boolean;
    example?: unknown;
    schema?: { type?: string; example?: unknown };
  }[];
}

describe('the API description', () => {
  let text = '';
  let operations: Operation[] = [];

  beforeAll(async () => {
    text = await openApiText();
    const { paths } = JSON.parse(text) as { paths: Record<string, Record<string, Operation>> };
    operations = Object.values(paths).flatMap((path) => Object.values(path));
  });

  it('is committed as it is: run `npm run openapi` after a change', () => {
    expect(existsSync(COMMITTED)).toBe(true);
    expect(JSON.parse(text)).toEqual(JSON.parse(readFileSync(COMMITTED, 'utf8')));
  });

  it('says in a sentence what every operation does, under a tag of the journey', () => {
    const known = TAG_DESCRIPTIONS.map(([name]) => name);
    expect(operations.length).toBeGreaterThan(15);
    expect(operations.filter((operation) => !operation.summary).map((one) => one.operationId)).toEqual([]);
    expect(
      operations
        .filter((operation) => !operation.tags?.every((tag) => known.includes(tag as never)))
        .map((one) => one.operationId),
    ).toEqual([]);
  });

  it('documents refusals of every operation', () => {
    const silent = operations.filter(
      (operation) => !Object.keys(operation.responses).some((status) => status.startsWith('4')),
    );
    expect(silent.map((operation) => operation.operationId)).toEqual([]);
  });

  it('types every parameter: the page cannot send one without', () => {
    const untyped = operations.flatMap(({ operationId, parameters = [] }) =>
      parameters.filter(({ schema }) => !schema?.type).map(({ name }) => `${operationId} ${name}`),
    );
    expect(untyped).toEqual([]);
  });

  it('gives filters of lists no example: the page would fill them in, and the list look empty', () => {
    const filled = operations.flatMap(({ operationId, parameters = [] }) =>
      parameters
        .filter(
          ({ in: place, required, name }) =>
            place === 'query' && !required && !/^(unit|attributes)$/.test(name),
        )
        .filter(({ example, schema }) => (example ?? schema?.example) !== undefined)
        .map(({ name }) => `${operationId} ${name}`),
    );
    expect(filled).toEqual([]);
  });

  it('names every operation once', () => {
    const ids = operations.map((operation) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
