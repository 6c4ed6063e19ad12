import {
  HASH_SPACE,
  type HashRange,
  type HashScheme,
  RULESET_FORMAT,
  type Ruleset,
  type RulesetExperiment,
  type RulesetModel,
  type RulesetTask,
} from '@app/bucketing';

const MODELS: readonly RulesetModel[] = [
  { key: 'old', version: 1, provider: 'openai', name: 'gpt-4o-mini', parameters: { temperature: 0.2 } },
  { key: 'new', version: 2, provider: 'openai', name: 'gpt-4o', parameters: { temperature: 0.1 } },
  { key: 'newer', version: 1, provider: 'mistral', name: 'mistral-large', parameters: {} },
  { key: 'frozen', version: 1, provider: 'openai', name: 'gpt-3.5-turbo', parameters: {} },
];

const stretch = (from: number, to: number): HashRange => [
  Math.round(from * HASH_SPACE),
  Math.round(to * HASH_SPACE),
];

/** Two arms on 40 % of the traffic, for everybody. */
const two = (key: string): RulesetExperiment => ({
  id: `id-of-${key}`,
  key,
  epoch: 1,
  salt: `experiment:${key}:variant`,
  assignment: 'platform',
  paused: false,
  ranges: [stretch(0, 0.4)],
  audience: null,
  overrides: { 'named-1': 'b' },
  variants: [
    { key: 'a', model: 'old@1', weight: 600, control: true },
    { key: 'b', model: 'new@2', weight: 400, control: false },
  ],
});

/** Three arms on another 30 %, for those who pay. */
const three = (key: string): RulesetExperiment => ({
  ...two(key),
  ranges: [stretch(0.4, 0.7)],
  audience: { attribute: 'plan', operator: 'in', value: ['pro', 'team'] },
  overrides: {},
  variants: [
    { key: 'a', model: 'old@1', weight: 500, control: true },
    { key: 'b', model: 'new@2', weight: 250, control: false },
    { key: 'c', model: 'newer@1', weight: 250, control: false },
  ],
});

function task(
  key: string,
  hashScheme: HashScheme,
  experiments: readonly RulesetExperiment[],
  withRollout: boolean,
): RulesetTask {
  return {
    key,
    unitType: 'user',
    hashScheme,
    positionSalt: `task:${key}:position`,
    enabled: true,
    champion: 'old@1',
    fallbacks: [],
    experiments,
    rollout: withRollout
      ? {
          id: `id-of-${key}-v2`,
          key: `${key}-v2`,
          epoch: 1,
          salt: `rollout:${key}-v2:position`,
          stage: 1,
          share: 0.25,
          controlShare: 0.25,
          challenger: 'newer@1',
          champion: 'old@1',
          audience: null,
          carried: null,
        }
      : null,
    holdout: { key: `${key}-held`, salt: `holdout:${key}-held`, share: 0.05, model: 'frozen@1' },
  };
}

/** Tasks by hash scheme. `unleash` runs one experiment a task, so its second one has a task of its own. */
export const TASKS: Readonly<Record<HashScheme, readonly string[]>> = {
  'native-v1': ['one-arm-native'],
  unleash: ['one-arm-unleash', 'one-arm-unleash-second'],
  'growthbook-v2': ['one-arm-growthbook'],
};

export const ALL_TASKS: readonly string[] = Object.values(TASKS).flat();

/** Under each scheme two experiments that run at one time, and a rollout of those whom neither takes. */
export function oneArmRules(version: number, environment: string): Ruleset {
  const [native, unleash, second, growthbook] = ALL_TASKS as [string, string, string, string];
  const tasks = [
    task(native, 'native-v1', [two(`${native}-tone`), three(`${native}-pace`)], true),
    task(unleash, 'unleash', [two(`${unleash}-tone`)], true),
    task(second, 'unleash', [three(`${second}-pace`)], false),
    task(growthbook, 'growthbook-v2', [two(`${growthbook}-tone`), three(`${growthbook}-pace`)], true),
  ];
  return {
    format: RULESET_FORMAT,
    environment,
    version,
    publishedAt: '2026-01-01T00:00:00.000Z',
    models: Object.fromEntries(MODELS.map((model) => [`${model.key}@${model.version}`, model])),
    tasks: Object.fromEntries(tasks.map((one) => [one.key, one])),
    subjects: {},
  };
}
