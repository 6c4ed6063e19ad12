import type { ConformanceInstance } from './context.js';
import { until } from './until.js';

/** What the tasks of one hash scheme are called in the instance that clients are tried on. */
export interface SchemeWorld {
  readonly task: string;
  readonly experiment: string;
}

const MODELS = [
  { key: 'small', provider: 'openai', name: 'gpt-4.1-mini', parameters: { temperature: 0.2 } },
  { key: 'large', provider: 'mistral', name: 'mistral-large-latest', parameters: { temperature: 0.1 } },
] as const;

/** Name of a task that has no champion and nothing running. */
export const BARE_TASK = 'conformance-bare';

const made = new WeakMap<ConformanceInstance, Promise<void>>();

/** Models, a metric, a bare task: once per instance. */
function foundations(instance: ConformanceInstance): Promise<void> {
  let making = made.get(instance);
  if (!making) {
    making = (async () => {
      const { control } = instance;
      for (const model of MODELS) await control.post('/api/v1/models', model);
      await control.post('/api/v1/metrics', {
        key: 'quality',
        name: 'Answer quality',
        kind: 'mean',
        direction: 'increase',
        bounds: [0, 1],
      });
      await control.post('/api/v1/tasks', { key: BARE_TASK, name: BARE_TASK, unitType: 'user' });
    })();
    made.set(instance, making);
  }
  return making;
}

/**
 * A task of a scheme with an experiment of equal halves on the users of plan `pro`, and overrides for two of them.
 * @throws ApiError when the control plane refuses
 */
export async function schemeWorld(
  instance: ConformanceInstance,
  hashScheme: 'native-v1' | 'unleash' | 'growthbook-v2',
  trafficShare = 1,
): Promise<SchemeWorld> {
  await foundations(instance);
  const { control, edge } = instance;
  const task = `conformance-${hashScheme}`;
  const experiment = `${task}-trial`;
  const known = await control.get<{ items?: Array<{ key: string }> }>('/api/v1/tasks?limit=200');
  if (known.items?.some(({ key }) => key === task)) return { task, experiment };
  await control.post('/api/v1/tasks', {
    key: task,
    name: task,
    unitType: 'user',
    ...(hashScheme === 'native-v1' ? {} : { hashScheme }),
  });
  await control.put(`/api/v1/tasks/${task}/champion`, { environment: 'production', model: 'small' });
  await control.post('/api/v1/experiments', {
    key: experiment,
    name: experiment,
    task,
    environment: 'production',
    hypothesis: 'The larger model answers better',
    variants: [
      { key: 'small', model: 'small', weight: 1, control: true },
      { key: 'large', model: 'large', weight: 1, control: false },
    ],
    audience: { attribute: 'plan', operator: 'in', value: ['pro', 'team'] },
    overrides: { 'named-1': 'large', 'named-2': 'small' },
    trafficShare,
    metrics: [{ metric: 'quality', role: 'success', mde: { value: 0.05, type: 'relative' } }],
    plan: { method: 'sequential', alpha: 0.05, power: 0.8, plannedUnits: 10_000 },
  });
  await control.post(`/api/v1/experiments/${experiment}/start`);
  await until(
    () =>
      edge.post<{ assignments: Array<{ reason: string }> }>('/api/v1/assignments', {
        unit: 'named-1',
        tasks: [task, BARE_TASK],
        expose: false,
      }),
    ({ assignments }) => assignments[0]!.reason === 'OVERRIDE' && assignments[1]!.reason === 'NO_CHAMPION',
  );
  return { task, experiment };
}

/** Whole questions about single units, as our own API answers them: what every other route has to agree with. */
export async function armOf(
  { edge }: ConformanceInstance,
  task: string,
  unit: string,
  attributes: Readonly<Record<string, unknown>> = { plan: 'pro' },
): Promise<{ variant: string | null; model: string | null; reason: string }> {
  const { assignments } = await edge.post<{
    assignments: Array<{
      variant: string | null;
      model: { key: string; version: number } | null;
      reason: string;
    }>;
  }>('/api/v1/assignments', { unit, attributes, tasks: [task], expose: false });
  const { variant, model, reason } = assignments[0]!;
  return { variant, model: model && `${model.key}@${model.version}`, reason };
}

/** Switches a task on or off, and waits until the edge does as it is told. */
export async function switchTask(
  { control, edge }: ConformanceInstance,
  task: string,
  enabled: boolean,
): Promise<void> {
  const reason = enabled ? 'Tried' : 'A switch to try clients with';
  await control.put(`/api/v1/tasks/${task}/switch`, { environment: 'production', enabled, reason });
  await until(
    () =>
      edge.post<{ assignments: Array<{ reason: string }> }>('/api/v1/assignments', {
        unit: 'somebody',
        tasks: [task],
        expose: false,
      }),
    ({ assignments }) => (assignments[0]!.reason === 'DISABLED') === !enabled,
  );
}

/** One figure of the edge's /metrics; 0 while there is none. */
export async function figure(
  { edgeUrl }: ConformanceInstance,
  name: string,
  labels: string,
): Promise<number> {
  const text = await (await fetch(`${edgeUrl}/metrics`)).text();
  return Number(new RegExp(`^${name}\\{${labels}\\} (\\S+)$`, 'm').exec(text)?.[1] ?? 0);
}
