import type { AssignmentsResponse, OfrepBulkResponse, OfrepEvaluation, WireAssignment } from '@app/wire';
import { type Arm, armOf, armOfServed, type Served } from './arm.js';
import type { EdgeCalls } from './edge-calls.js';
import { ALL_TASKS } from './rules.js';
import type { Person } from './units.js';

/** One way to ask which model serves a unit. */
export interface ArmRoute {
  readonly name: string;
  /** Tasks it has to answer in its so-many-eth question. */
  tasks(index: number): readonly string[];
  /** Whether it answers ids that are not ASCII as everybody else does. */
  readonly everyId: boolean;
  arms(person: Person, index: number): Promise<Record<string, Arm>> | Record<string, Arm>;
}

const ofWire = ({ variant, model, source, experiment, rollout }: WireAssignment): Arm =>
  armOf({ variant, model: model && `${model.key}@${model.version}`, source, subject: experiment ?? rollout });

const ofOfrep = ({ value, variant, metadata }: OfrepEvaluation): Arm =>
  armOf({
    variant: variant ?? null,
    model: value ?? null,
    source: String(metadata['source']),
    subject: (metadata['experiment'] ?? metadata['rollout']) as string | undefined,
  });

/** Routes that the edge evaluates: each under every hash scheme, for every id. No question exposes anybody. */
export function remoteRoutes(calls: EdgeCalls): ArmRoute[] {
  const atOnce = { tasks: () => ALL_TASKS, everyId: true };
  const oneByOne = { tasks: (index: number) => [inTurn(index)], everyId: true };
  const clientKey = /_([0-9a-f]{8})[0-9a-f]{40}$/.exec(calls.key)?.[1] ?? calls.key;
  return [
    {
      ...atOnce,
      name: 'HTTP, all tasks',
      arms: async ({ unit, plan }) => {
        const body = { unit, attributes: { plan }, tasks: ALL_TASKS, expose: false };
        const { assignments } = await calls.post<AssignmentsResponse>('/api/v1/assignments', body);
        return Object.fromEntries(assignments.map((one) => [one.task, ofWire(one)]));
      },
    },
    {
      ...oneByOne,
      name: 'HTTP, one task',
      arms: async ({ unit, plan }, index) => {
        const tasks = [inTurn(index)];
        const body = { units: { user: unit }, attributes: { plan }, tasks, expose: false };
        const { assignments } = await calls.post<AssignmentsResponse>('/api/v1/assignments', body);
        return Object.fromEntries(assignments.map((one) => [one.task, ofWire(one)]));
      },
    },
    {
      ...atOnce,
      name: 'OFREP, all flags',
      arms: async ({ unit, plan }) => {
        const context = { targetingKey: unit, plan };
        const { flags } = await calls.post<OfrepBulkResponse>('/ofrep/v1/evaluate/flags', { context });
        return Object.fromEntries((flags as OfrepEvaluation[]).map((one) => [one.key, ofOfrep(one)]));
      },
    },
    {
      ...oneByOne,
      name: 'OFREP, one flag',
      arms: async ({ unit, plan }, index) => {
        const context = { targetingKey: unit, plan };
        const path = `/ofrep/v1/evaluate/flags/${inTurn(index)}?expose=false`;
        const one = await calls.post<OfrepEvaluation>(path, { context });
        return { [one.key]: ofOfrep(one) };
      },
    },
    {
      ...atOnce,
      name: 'Unleash frontend API',
      arms: async ({ unit, plan }) => {
        const context = { userId: unit, properties: { plan } };
        const { toggles } = await calls.post<{ toggles: Toggle[] }>('/api/frontend', { context });
        return Object.fromEntries(
          toggles.map(({ name, variant }) => [
            name,
            armOfServed(JSON.parse(variant.payload.value) as Served),
          ]),
        );
      },
    },
    {
      ...atOnce,
      name: 'GrowthBook remote evaluation',
      arms: async ({ unit, plan }) => {
        const body = { attributes: { id: unit, plan } };
        const { features } = await calls.post<{ features: Record<string, { defaultValue: Served }> }>(
          `/api/eval/${clientKey}`,
          body,
        );
        return Object.fromEntries(
          Object.entries(features).map(([task, { defaultValue }]) => [task, armOfServed(defaultValue)]),
        );
      },
    },
  ];
}

interface Toggle {
  readonly name: string;
  readonly variant: { readonly payload: { readonly value: string } };
}

/** Routes that take one task a question are asked each task in turn. */
const inTurn = (index: number): string => ALL_TASKS[index % ALL_TASKS.length]!;
