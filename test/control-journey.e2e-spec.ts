import { TAGS } from '../apps/control/src/openapi/tags.js';
import { type ControlHarness, startControl } from './control-harness.js';

jest.setTimeout(60_000);

interface Operation {
  operationId: string;
  tags: string[];
  parameters?: Array<{
    name: string;
    in: string;
    required?: boolean;
    example?: unknown;
    schema?: { example?: unknown };
  }>;
  requestBody?: { content: Record<string, { examples?: Record<string, { value: unknown }> }> };
}

interface Step {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  path: string;
  operation: Operation;
}

/** The parts of the journey this file walks; results and rollouts need looks and have journeys of their own. */
const WALKED: readonly string[] = [
  TAGS.models,
  TAGS.tasks,
  TAGS.metrics,
  TAGS.experiments,
  TAGS.power,
  TAGS.segments,
  TAGS.holdouts,
  TAGS.environments,
  TAGS.apiKeys,
  TAGS.audit,
];

/** The end of an experiment comes last, whatever order the page shows. */
const LAST = ['ExperimentLife_conclude', 'ExperimentLife_archive'];

/** Its example is an id that no instance has. */
const NOT_WALKED = ['ApiKeys_revoke'];

describe('the examples of the API description', () => {
  let control: ControlHarness;
  let steps: Step[] = [];

  beforeAll(async () => {
    control = await startControl();
    const { body } = await control.call('get', '/docs/json', null);
    const paths = (body as { paths: Record<string, Record<string, Operation>> }).paths;
    const all = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]): Step => ({
        method: method as Step['method'],
        path,
        operation,
      })),
    );
    const inOrder = WALKED.flatMap((tag) => all.filter(({ operation }) => operation.tags.includes(tag)));
    const walked = inOrder.filter(({ operation }) => !NOT_WALKED.includes(operation.operationId));
    steps = [
      ...walked.filter(({ operation }) => !LAST.includes(operation.operationId)),
      ...walked.filter(({ operation }) => LAST.includes(operation.operationId)),
    ];
  });
  afterAll(() => control.close());

  function example(operation: Operation, name: string): string {
    const parameter = operation.parameters?.find((one) => one.name === name);
    const value = parameter?.example ?? parameter?.schema?.example;
    if (value === undefined) throw new Error(`${operation.operationId} shows no example of ${name}`);
    return String(value);
  }

  function query(operation: Operation): Record<string, string> {
    const needed = operation.parameters?.filter((one) => one.in === 'query' && one.required) ?? [];
    return Object.fromEntries(needed.map(({ name }) => [name, example(operation, name)]));
  }

  /** Bodies to send: every example where each makes something new, else the first of the alternatives. */
  function bodies({ path, method, operation }: Step): unknown[] {
    const content = operation.requestBody?.content['application/json'];
    if (!content) return [{}];
    const shown = Object.values(content.examples ?? {}).map(({ value }) => value);
    if (shown.length === 0 && method !== 'post' && method !== 'delete')
      throw new Error(`${operation.operationId} shows no body`);
    return path.includes('{') ? shown.slice(0, 1) : shown;
  }

  it('work when they are pasted one after another, in the order of the tags', async () => {
    const done: string[] = [];
    for (const step of steps) {
      const { method, operation } = step;
      const path = step.path.replaceAll(/\{(\w+)\}/g, (_all, name: string) =>
        encodeURIComponent(example(operation, name)),
      );
      const toSend = method === 'get' ? [undefined] : bodies(step);
      for (const body of toSend.length === 0 ? [{}] : toSend) {
        let test = control.call(method, path).query(query(operation));
        if (operation.parameters?.some((one) => one.name === 'If-Match')) {
          test = test.set('If-Match', example(operation, 'If-Match'));
        }
        const answer = await (body === undefined ? test : test.send(body as object));
        const failed =
          answer.status >= 400 ? { at: operation.operationId, problem: answer.body as unknown } : null;
        expect(failed).toBeNull();
        done.push(operation.operationId);
      }
    }
    expect(done).toEqual(
      expect.arrayContaining(['Models_create', 'Tasks_setChampion', 'ExperimentLife_start', ...LAST]),
    );
    expect(done.filter((id) => id === 'Models_create')).toHaveLength(2);
  });

  it('show a body wherever one is needed', async () => {
    const { body } = await control.call('get', '/docs/json', null);
    const { paths } = body as { paths: Record<string, Record<string, Operation>> };
    const without = Object.values(paths)
      .flatMap((path) => Object.values(path))
      .filter((operation) => WALKED.includes(operation.tags[0]!))
      .filter((operation) => {
        const content = operation.requestBody?.content['application/json'];
        return content && Object.keys(content.examples ?? {}).length === 0;
      })
      .map((operation) => operation.operationId);
    expect(without).toEqual([]);
  });
});
