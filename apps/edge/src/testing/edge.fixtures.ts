import { AssignmentTokens } from '@app/assignment';
import {
  compileRuleset,
  HASH_SPACE,
  type HashRange,
  position,
  ROLLOUT_VARIANTS,
  RULESET_FORMAT,
  type Ruleset,
  type RulesetRollout,
  type RulesetTask,
} from '@app/bucketing';
import { HeldRuleset } from '@app/ruleset-deltas';
import type { ReadContext } from '../events/event-reader.js';
import { keepAttributes } from '../events/stored-attributes.js';

const model = (key: string) => ({ key, version: 1, provider: 'openai', name: key, parameters: {} });

const task = (key: string, unitType: string): RulesetTask => ({
  key,
  unitType,
  hashScheme: 'native-v1',
  positionSalt: `task:${key}:position`,
  enabled: true,
  champion: 'old@1',
  fallbacks: [],
  experiments: [],
  rollout: null,
  holdout: null,
});

/** Tasks `reply` (by user, experiment `tone` on all of it: a, b) and `summary` (by conversation, nothing running). */
export function aPublishedRuleset(version = 1): Ruleset {
  return {
    format: RULESET_FORMAT,
    environment: 'production',
    version,
    publishedAt: '2026-01-01T00:00:00.000Z',
    models: { 'old@1': model('old'), 'new@1': model('new') },
    tasks: {
      reply: {
        ...task('reply', 'user'),
        experiments: [
          {
            id: '0190a0c0-0000-7000-8000-000000000001',
            key: 'tone',
            epoch: 1,
            salt: 'experiment:tone:variant',
            assignment: 'platform',
            paused: false,
            ranges: [[0, 2 ** 32]],
            audience: null,
            overrides: { 'qa-1': 'b' },
            variants: [
              { key: 'a', model: 'old@1', weight: 1, control: true },
              { key: 'b', model: 'new@1', weight: 1, control: false },
            ],
          },
        ],
      },
      summary: task('summary', 'conversation'),
    },
    subjects: {
      'experiment:tone': {
        id: '0190a0c0-0000-7000-8000-000000000001',
        kind: 'experiment',
        key: 'tone',
        task: 'reply',
        variants: ['a', 'b'],
        assignment: 'platform',
      },
      'experiment:history': {
        id: '0190a0c0-0000-7000-8000-000000000002',
        kind: 'experiment',
        key: 'history',
        task: 'summary',
        variants: ['old', 'new'],
        assignment: 'given',
      },
    },
  };
}

/** The same with a rollout `warm` on `summary` at 1 %, on which the upper half of an experiment `warm` stays. */
export function aCarryingRuleset(): Ruleset {
  const ruleset = aPublishedRuleset();
  const id = '0190a0c0-0000-7000-8000-000000000003';
  const all: HashRange[] = [[0, HASH_SPACE]];
  const rollout: RulesetRollout = {
    id,
    key: 'warm',
    epoch: 1,
    salt: 'rollout:warm:position',
    stage: 0,
    share: 0.01,
    controlShare: 0.01,
    challenger: 'new@1',
    champion: 'old@1',
    audience: null,
    carried: { experiment: 'warm', salt: WARM_SALT, ranges: all, from: HASH_SPACE / 2, to: HASH_SPACE },
  };
  const subject = { id, kind: 'rollout', key: 'warm', task: 'summary', assignment: 'platform' } as const;
  return {
    ...ruleset,
    tasks: { ...ruleset.tasks, summary: { ...ruleset.tasks.summary!, rollout } },
    subjects: { ...ruleset.subjects, 'rollout:warm': { ...subject, variants: [...ROLLOUT_VARIANTS] } },
  };
}

const WARM_SALT = 'experiment:warm:variant';

/** A unit of `summary` that stays on the challenger, and one that does not: by where the experiment had drawn them. */
export const [KEPT, NOT_KEPT] = [true, false].map((kept) => {
  for (let n = 0; ; n += 1) {
    if (position(WARM_SALT, `c-${n}`) >= HASH_SPACE / 2 === kept) return `c-${n}`;
  }
}) as [string, string];

export const someTokens = new AssignmentTokens('production', 'a secret');

export const NOW = new Date('2026-01-10T12:00:00.000Z');

export const aReadContext = (): ReadContext => ({
  environment: 'production',
  ruleset: compileRuleset(aPublishedRuleset()),
  tokens: someTokens,
  now: NOW,
  retentionMs: 30 * 86_400_000,
  skewMs: 60_000,
  keepAttributes: keepAttributes('*'),
});

/**
 * `aPublishedRuleset` with a model of 10 kB, so that a change is a small part of it, as text; `reply`'s champion is the new
 * one in even versions.
 */
export function aLargeText(version: number): string {
  const ruleset = aPublishedRuleset(version);
  const reply = { ...ruleset.tasks.reply!, champion: version % 2 === 0 ? 'new@1' : 'old@1' };
  const models = { ...ruleset.models, 'large@1': { ...model('large'), name: 'x'.repeat(10_000) } };
  return JSON.stringify({ ...ruleset, models, tasks: { ...ruleset.tasks, reply } });
}

/** What is published beside `aLargeText(version)`. */
export const aDelta = (version: number): string =>
  HeldRuleset.parse(aLargeText(version - 1)).deltaTo(HeldRuleset.parse(aLargeText(version)))!;
