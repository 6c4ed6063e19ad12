import {
  RULESET_FORMAT,
  type Ruleset,
  type RulesetExperiment,
  type RulesetModel,
  type RulesetRollout,
  type RulesetTask,
} from '../ruleset.js';
import { HASH_SPACE } from '../ranges/hash-range.js';

export const aModel = (key: string, version = 1): RulesetModel => ({
  key,
  version,
  provider: 'openai',
  name: `${key}-name`,
  parameters: {},
});

/** An experiment on all traffic, control "a" on old@1 against "b" on new@1, half each. */
export const anExperiment = (given: Partial<RulesetExperiment> = {}): RulesetExperiment => {
  const key = given.key ?? 'tone';
  return {
    id: `id-of-${key}`,
    key,
    epoch: 1,
    salt: `experiment:${key}:variant`,
    assignment: 'platform',
    paused: false,
    ranges: [[0, HASH_SPACE]],
    audience: null,
    variants: [
      { key: 'a', model: 'old@1', weight: 1, control: true },
      { key: 'b', model: 'new@1', weight: 1, control: false },
    ],
    overrides: {},
    ...given,
  };
};

/** A rollout from old@1 to new@1 at 10 %, its control as large. */
export const aRollout = (given: Partial<RulesetRollout> = {}): RulesetRollout => {
  const key = given.key ?? 'tone-v2';
  return {
    id: `id-of-${key}`,
    key,
    epoch: 1,
    salt: `rollout:${key}:position`,
    stage: 1,
    share: 0.1,
    controlShare: 0.1,
    challenger: 'new@1',
    champion: 'old@1',
    audience: null,
    carried: null,
    ...given,
  };
};

/** A task by users, switched on, old@1 its champion, nothing running. */
export const aTask = (given: Partial<RulesetTask> = {}): RulesetTask => {
  const key = given.key ?? 'reply';
  return {
    key,
    unitType: 'user',
    hashScheme: 'native-v1',
    positionSalt: `task:${key}:position`,
    enabled: true,
    champion: 'old@1',
    fallbacks: [],
    experiments: [],
    rollout: null,
    holdout: null,
    ...given,
  };
};

/** A ruleset of production, version 1, that knows old@1, new@1 and frozen@1. */
export const aRuleset = (tasks: readonly RulesetTask[], given: Partial<Ruleset> = {}): Ruleset => ({
  format: RULESET_FORMAT,
  environment: 'production',
  version: 1,
  publishedAt: '2026-01-01T00:00:00.000Z',
  models: { 'old@1': aModel('old'), 'new@1': aModel('new'), 'frozen@1': aModel('frozen') },
  tasks: Object.fromEntries(tasks.map((task) => [task.key, task])),
  subjects: {},
  ...given,
});
