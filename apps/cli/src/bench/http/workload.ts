import { RULESET_FORMAT, type Ruleset, type RulesetExperiment, type RulesetTask } from '@app/bucketing';
import { UNIT_DIGITS, type RequestShape } from './load.js';

/** Everybody who asks: units come back, as users do; each is recorded once. */
export const UNITS = 20_000;

const model = (key: string, version: number) => ({
  key,
  version,
  provider: 'openai',
  name: `${key}-2026-01`,
  parameters: { temperature: 0.2, maxTokens: 800 },
});

export const taskKey = (task: number): string => `task-${String(task).padStart(4, '0')}`;

function experiment(task: number, number: number, of: number): RulesetExperiment {
  const key = `${taskKey(task)}-try-${number}`;
  const span = 2 ** 32 / of;
  const arms = 2 + ((task + number) % 2);
  return {
    id: `0190a0c0-0000-7000-8000-${String(task * 100 + number).padStart(12, '0')}`,
    key,
    epoch: 1,
    salt: `experiment:${key}:variant`,
    assignment: 'platform',
    paused: false,
    ranges: [[Math.round(number * span), Math.round((number + 1) * span)]],
    audience: {
      all: [
        { attribute: 'plan', operator: 'in', value: ['pro', 'team'] },
        { attribute: 'country', operator: 'in', value: ['DE', 'FR', 'IT'] },
      ],
    },
    overrides: {},
    variants: Array.from({ length: arms }, (_, arm) => ({
      key: arm === 0 ? 'control' : `challenger-${arm}`,
      model: `model-${(task + arm) % 20}@1`,
      weight: 1,
      control: arm === 0,
    })),
  };
}

/** Tasks with experiments on all of their traffic, two or three arms each, each for two attributes. */
export function aRuleset(version: number, tasks: number, experimentsPerTask = 1): Ruleset {
  const list = Array.from({ length: tasks }, (_, task): RulesetTask => ({
    key: taskKey(task),
    unitType: 'user',
    hashScheme: 'native-v1',
    positionSalt: `task:${taskKey(task)}:position`,
    enabled: true,
    champion: `model-${task % 20}@1`,
    fallbacks: [],
    experiments: Array.from({ length: experimentsPerTask }, (_, number) =>
      experiment(task, number, experimentsPerTask),
    ),
    rollout: null,
    holdout: null,
  }));
  return {
    format: RULESET_FORMAT,
    environment: 'production',
    version,
    publishedAt: '2026-01-01T00:00:00.000Z',
    models: Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [`model-${index}@1`, model(`model-${index}`, 1)]),
    ),
    tasks: Object.fromEntries(list.map((task) => [task.key, task])),
    subjects: Object.fromEntries(
      list.flatMap((task) =>
        task.experiments.map(({ id, key, variants }) => [
          `experiment:${key}`,
          {
            id,
            kind: 'experiment' as const,
            key,
            task: task.key,
            variants: variants.map((variant) => variant.key),
            assignment: 'platform' as const,
          },
        ]),
      ),
    ),
  };
}

const ATTRIBUTES = { plan: 'pro', country: 'DE' };
const PLACE = 'u'.repeat(UNIT_DIGITS);

/** One question about a unit. */
export function question(path: string, key: string, body: object): RequestShape {
  const text = JSON.stringify(body);
  const bytes = Buffer.from(
    `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${key}\r\n` +
      `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  );
  return { bytes, unitAt: bytes.indexOf(PLACE) };
}

/** `tasks`: the first so many; null: all of the environment. */
export const assignmentsQuestion = (key: string, tasks: number | null, expose?: boolean): RequestShape =>
  question('/api/v1/assignments', key, {
    unit: `user-${PLACE}`,
    attributes: ATTRIBUTES,
    ...(tasks === null ? {} : { tasks: Array.from({ length: tasks }, (_, task) => taskKey(task)) }),
    ...(expose === undefined ? {} : { expose }),
  });

/** `task` null: bulk, all of the environment. */
export const ofrepQuestion = (key: string, task: number | null): RequestShape =>
  question(`/ofrep/v1/evaluate/flags${task === null ? '' : `/${taskKey(task)}`}`, key, {
    context: { targetingKey: `user-${PLACE}`, ...ATTRIBUTES },
  });
