import {
  compileRuleset,
  DECISION_SOURCES,
  REASONS,
  RULESET_FORMAT,
  type Ruleset,
  type RulesetTask,
} from '@app/bucketing';
import { WIRE_REASONS, WIRE_SOURCES } from '@app/wire';
import { assign } from './assign.js';
import { AssignmentTokens } from './assignment-token.js';
import { exposureOf, exposuresOf } from './exposure.js';

const model = (key: string) => ({
  key,
  version: 1,
  provider: 'openai',
  name: key,
  parameters: { temperature: 0 },
});
const task = (key: string, unitType = 'user'): RulesetTask => ({
  key,
  unitType,
  hashScheme: 'native-v1',
  positionSalt: `task:${key}:position`,
  enabled: true,
  champion: 'old@1',
  fallbacks: [],
  rollout: null,
  holdout: null,
  experiments: [
    {
      id: `id-${key}`,
      key: `exp-${key}`,
      epoch: 2,
      salt: `experiment:exp-${key}:variant`,
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
});
const ruleset: Ruleset = {
  format: RULESET_FORMAT,
  environment: 'production',
  version: 5,
  publishedAt: '2026-01-01T00:00:00.000Z',
  models: { 'old@1': model('old'), 'new@1': model('new') },
  tasks: { reply: task('reply'), summary: task('summary', 'conversation') },
  subjects: {},
};
const tokens = new AssignmentTokens('production', 'a secret');
const context = {
  ruleset: compileRuleset(ruleset),
  tokens,
  now: new Date('2026-01-05T10:00:00Z'),
  stale: false,
};

describe('assign', () => {
  it('exposes an answer for one task and not one for several or all, unless told', () => {
    const exposed = (request: object) => assign({ unit: 'user-1', ...request }, context).exposures.length;
    expect(exposed({ tasks: ['reply'] })).toBe(1);
    expect(exposed({ tasks: ['reply'], expose: false })).toBe(0);
    expect(exposed({ tasks: ['reply', 'summary'] })).toBe(0);
    expect(exposed({ tasks: ['reply', 'summary'], expose: true })).toBe(2);
    expect(exposed({})).toBe(0);
  });

  it('answers in the order asked, and every task when none is named', () => {
    const tasks = (request: object) =>
      assign({ unit: 'u', ...request }, context).response.assignments.map((one) => one.task);
    expect(tasks({ tasks: ['summary', 'nope', 'reply'] })).toEqual(['summary', 'nope', 'reply']);
    expect(tasks({})).toEqual(['reply', 'summary']);
  });

  it('uses the unit of the task type, and says when there is none', () => {
    const { response, exposures } = assign({ units: { user: 'u-1' }, expose: true }, context);
    expect(response.assignments.map((one) => one.reason)).toEqual(['SPLIT', 'UNIT_MISSING']);
    expect(response.assignments[1]!.model?.key).toBe('old');
    expect(exposures.map((one) => [one.unitType, one.unit])).toEqual([['user', 'u-1']]);
    const both = assign({ unit: 'any', units: { conversation: 'c-1' }, expose: true }, context);
    expect(both.exposures.map((one) => one.unit)).toEqual(['any', 'c-1']);
  });

  it('puts into the token what proves the very same exposure', () => {
    const { response, exposures } = assign({ unit: 'user-1', tasks: ['reply'] }, context);
    const facts = tokens.verify(response.assignments[0]!.assignmentId)!;
    expect(exposureOf(facts, null)).toEqual({ ...exposures[0], attributes: null });
    expect(facts.subject).toMatchObject({
      key: 'exp-reply',
      epoch: 2,
      variant: response.assignments[0]!.variant,
    });
  });

  it('gives overrides a token that proves nothing, and records nothing', () => {
    const { response, exposures } = assign({ unit: 'qa-1', tasks: ['reply'] }, context);
    expect(response.assignments[0]).toMatchObject({
      reason: 'OVERRIDE',
      variant: 'b',
      experiment: 'exp-reply',
    });
    expect(exposures).toEqual([]);
    expect(tokens.verify(response.assignments[0]!.assignmentId)!.subject).toBeNull();
  });

  it('gives one exposure one id, another unit, epoch or variant another', () => {
    const id = (unit: string) => assign({ unit, tasks: ['reply'] }, context).exposures[0]!.id;
    expect(id('user-1')).toBe(id('user-1'));
    expect(id('user-1')).not.toBe(id('user-2'));
  });

  describe('under a holdout', () => {
    const measured = { id: 'h1', epoch: 1, since: '2026-01-05T09:00:00.000Z' };
    const holdout = { key: 'q1', salt: 'holdout:q1', share: 0.3, model: 'old@1', measured };
    const tasks = { reply: { ...task('reply'), holdout }, title: { ...task('title'), holdout } };
    const held = { ...context, ruleset: compileRuleset({ ...ruleset, tasks }) };
    const armsOf = (unit: string, asked: object = { tasks: ['reply'] }) =>
      assign({ unit, ...asked }, held).exposures.map(({ subjectId, variant }) => `${subjectId} ${variant}`);
    const unitIn = (variant: string): string =>
      Array.from({ length: 99 }, (_, n) => `u-${n}`).find((unit) => armsOf(unit).includes(`h1 ${variant}`))!;

    it('exposes a held unit to it alone, and an open one to it beside its own arm', () => {
      expect(armsOf(unitIn('held'))).toEqual(['h1 held']);
      expect(armsOf(unitIn('open'))).toEqual([expect.stringMatching(/^id-reply [ab]$/), 'h1 open']);
      expect(armsOf(unitIn('held'), { tasks: ['reply'], expose: false })).toEqual([]);
    });

    it('gives the exposures of all its tasks one id', () => {
      const { exposures } = assign({ unit: unitIn('held'), tasks: ['reply', 'title'], expose: true }, held);
      expect(exposures).toHaveLength(2);
      expect(new Set(exposures.map(({ id }) => id)).size).toBe(1);
    });

    it.each(['held', 'open'])('proves the exposure of a unit that is %s by its assignment id', (variant) => {
      const unit = unitIn(variant);
      const { response, exposures } = assign({ unit, tasks: ['reply'] }, held);
      const facts = tokens.verify(response.assignments[0]!.assignmentId)!;
      expect(exposuresOf(facts, held.ruleset)).toEqual(
        exposures.map((one) => ({ ...one, attributes: null })),
      );
      const before = { ...facts, issuedAt: new Date('2026-01-05T08:59:59.999Z') };
      expect(exposuresOf(before, held.ruleset).filter(({ subjectId }) => subjectId === 'h1')).toEqual([]);
    });
  });

  it('documents the reasons and sources that decisions have', () => {
    expect(WIRE_REASONS).toEqual(REASONS);
    expect(WIRE_SOURCES).toEqual(DECISION_SOURCES);
  });
});
