import { assign } from '@app/assignment';
import { compileRuleset, exposureId } from '@app/bucketing';
import {
  aCarryingRuleset,
  aPublishedRuleset,
  aReadContext,
  KEPT,
  NOT_KEPT,
  NOW,
  someTokens,
} from '../testing/edge.fixtures.js';
import { type ReadContext, type ReadEvent, readEvent } from './event-reader.js';
import { readInstant } from './instant.js';

const context = aReadContext();
const read = (event: unknown): ReadEvent => readEvent(event, context);
const taken = (event: unknown): Extract<ReadEvent, { kind: 'event' }> => {
  const result = read(event);
  if (result.kind === 'rejected') throw new Error(`${result.code} ${result.message}`);
  return result;
};
const at = '2026-01-10T11:00:00Z';
const outcome = { id: 'e-1', type: 'outcome', at, metric: 'quality', value: 1, unit: 'u-1', task: 'reply' };
const exposure = { id: 'x-1', type: 'exposure', at, experiment: 'tone', variant: 'a', unit: 'u-1' };
const tokenFor = (unit: string): string =>
  assign({ unit, tasks: ['reply'] }, { ruleset: context.ruleset, tokens: someTokens, now: NOW, stale: false })
    .response.assignments[0]!.assignmentId;

const textsOf = (count: number, length: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`a${n}`, 'x'.repeat(length)]));

describe('an event that cannot be taken', () => {
  const { id: _id, ...noId } = outcome;
  const { metric: _metric, ...noMetric } = outcome;
  const { at: _at, ...noAt } = outcome;
  const { unit: _unit, ...noUnit } = outcome;
  const { variant: _variant, ...noVariant } = exposure;
  const { experiment: _experiment, ...noExperiment } = exposure;

  it.each<[string, unknown]>([
    ['EVENT_INVALID', null],
    ['EVENT_INVALID', []],
    ['EVENT_INVALID', 'text'],
    ['EVENT_INVALID', { ...outcome, metrik: 1 }],
    ['EVENT_INVALID', { ...outcome, source: 5 }],
    ['EVENT_INVALID', { ...outcome, comment: 'with \u0000' }],
    ['ATTRIBUTES_INVALID', { ...outcome, attributes: { deep: { er: 1 } } }],
    ['ATTRIBUTES_INVALID', { ...outcome, attributes: { 'k\u0000': 1 } }],
    ['ATTRIBUTES_INVALID', { ...outcome, attributes: { a: 'half \ud800' } }],
    ['ATTRIBUTES_INVALID', { ...outcome, attributes: { a: ['\udc00 half'] } }],
    ['ATTRIBUTES_INVALID', { ...outcome, attributes: { 'half \ud800': 1 } }],
    ['ATTRIBUTES_INVALID', { ...outcome, attributes: { a: 1e31 } }],
    ['ATTRIBUTES_INVALID', { ...outcome, attributes: 'plan' }],
    ['ATTRIBUTES_INVALID', { ...outcome, attributes: { a: 'x'.repeat(1025) } }],
    ['ATTRIBUTES_INVALID', { ...outcome, attributes: { ['x'.repeat(129)]: 1 } }],
    ['ATTRIBUTES_INVALID', { ...outcome, attributes: { a: Array.from({ length: 65 }, () => 'x') } }],
    ['ATTRIBUTES_TOO_LARGE', { ...outcome, attributes: textsOf(17, 1000) }],
    ['EVENT_INVALID', { ...outcome, comment: 'half \ud800' }],
    ['EVENT_ID_MISSING', { ...outcome, id: 'e-\ud800' }],
    ['UNIT_MISSING', { ...outcome, unit: '\udfff' }],
    ['VALUE_INVALID', { ...outcome, value: 1e31 }],
    ['VALUE_INVALID', { ...outcome, value: -1.79e308 }],
    ['EVENT_ID_MISSING', noId],
    ['EVENT_ID_MISSING', { ...outcome, id: '' }],
    ['EVENT_ID_MISSING', { ...outcome, id: 7 }],
    ['EVENT_TYPE_UNKNOWN', { ...outcome, type: 'click' }],
    ['EVENT_AT_INVALID', noAt],
    ['EVENT_AT_INVALID', { ...outcome, at: 'yesterday' }],
    ['EVENT_AT_INVALID', { ...outcome, at: '2026-02-30T00:00:00Z' }],
    ['EVENT_AT_INVALID', { ...outcome, at: 1767225600 }],
    ['EVENT_TOO_OLD', { ...outcome, at: '2025-12-11T11:59:59Z' }],
    ['EVENT_IN_FUTURE', { ...outcome, at: '2026-01-10T12:01:01Z' }],
    ['UNIT_MISSING', noUnit],
    ['UNIT_MISSING', { ...outcome, unit: '' }],
    ['UNIT_MISSING', { ...outcome, unit: 'x'.repeat(257) }],
    ['UNIT_MISSING', { ...exposure, unit: undefined, units: { conversation: 'c' } }],
    ['TASK_UNKNOWN', { ...outcome, task: 'replies' }],
    ['TASK_UNKNOWN', { ...outcome, task: '__proto__' }],
    ['EXPERIMENT_UNKNOWN', { ...exposure, experiment: 'tones' }],
    ['EXPERIMENT_UNKNOWN', { ...exposure, experiment: undefined, rollout: 'tone' }],
    ['EXPERIMENT_UNKNOWN', { ...exposure, task: 'summary' }],
    ['EXPERIMENT_MISSING', noExperiment],
    ['VARIANT_UNKNOWN', { ...exposure, variant: 'c' }],
    ['VARIANT_MISSING', noVariant],
    ['EPOCH_UNKNOWN', { ...exposure, epoch: 2 }],
    ['EVENT_INVALID', { ...exposure, epoch: 0.5 }],
    ['METRIC_MISSING', noMetric],
    ['VALUE_INVALID', { ...outcome, value: '1' }],
    ['VALUE_INVALID', { ...outcome, value: null }],
    ['ASSIGNMENT_TOKEN_INVALID', { ...outcome, assignmentId: 'a1.e30.xxxx' }],
    ['ASSIGNMENT_TOKEN_INVALID', { ...noUnit, assignmentId: tokenFor('a\u0000b') }],
    ['UNIT_MISMATCH', { ...outcome, assignmentId: tokenFor('u-2') }],
    ['EXPERIMENT_MISSING', { ...noExperiment, unit: 'qa-1', assignmentId: tokenFor('qa-1') }],
  ])('gets %s: %j', (code, event) => {
    // What travels is JSON: absent, not undefined.
    expect(read(JSON.parse(JSON.stringify(event)))).toMatchObject({ kind: 'rejected', code });
  });
});

describe('an event that is taken', () => {
  it('may hold whatever else Unicode has, and numbers of any size that statistics can be computed of', () => {
    const { event } = taken({
      ...outcome,
      unit: '\u{1F600}é\uFFFD',
      value: -1e30,
      attributes: { a: '\u{1F600}' },
    });
    expect(event).toMatchObject({ value: -1e30, units: [{ unit: '\u{1F600}é\uFFFD' }] });
  });

  it('has its unit under the type of its task', () => {
    expect(taken(outcome).event.units).toEqual([{ unitType: 'user', unit: 'u-1' }]);
    expect(taken({ ...outcome, task: undefined }).event.units).toEqual([{ unitType: '', unit: 'u-1' }]);
    const many = { ...outcome, task: undefined, unit: undefined, units: { user: 'u', conversation: 'c' } };
    expect(taken(JSON.parse(JSON.stringify(many))).event.units).toHaveLength(2);
  });

  it('may be known by its inference only', () => {
    const { unit: _unit, ...rest } = outcome;
    expect(taken({ ...rest, inferenceId: 'i-1' }).event).toMatchObject({ units: [], inferenceId: 'i-1' });
  });

  it('is filed under the experiment it names, and its epoch is left to whoever knows the times', () => {
    expect(taken({ ...exposure, experiment: 'history', variant: 'new' }).event).toMatchObject({
      subjectId: '0190a0c0-0000-7000-8000-000000000002',
      task: 'summary',
      epoch: null,
      variant: 'new',
      units: [{ unitType: 'conversation', unit: 'u-1' }],
    });
  });

  it('with an assignment id is filed under its arm and proves its exposure', () => {
    const { unit: _unit, task: _task, ...rest } = outcome;
    const { event, proves } = taken({ ...rest, assignmentId: tokenFor('u-7') });
    expect(event).toMatchObject({
      task: 'reply',
      units: [{ unitType: 'user', unit: 'u-7' }],
      subjectId: '0190a0c0-0000-7000-8000-000000000001',
      epoch: 1,
      variant: proves[0]!.variant,
      assignmentId: proves[0]!.id,
    });
    expect(proves).toMatchObject([{ unit: 'u-7', at: NOW }]);
  });

  it('with the assignment id of an override proves nothing and is filed nowhere', () => {
    const { event, proves } = taken({ ...outcome, unit: 'qa-1', assignmentId: tokenFor('qa-1') });
    expect(proves).toEqual([]);
    expect(event.subjectId).toBeNull();
  });

  describe('of a holdout', () => {
    const measured = {
      id: '0190a0c0-0000-7000-8000-000000000009',
      epoch: 1,
      since: '2026-01-01T00:00:00.000Z',
    };
    const published = aPublishedRuleset();
    const withHoldout: ReadContext = {
      ...context,
      ruleset: compileRuleset({
        ...published,
        tasks: {
          ...published.tasks,
          reply: {
            ...published.tasks['reply']!,
            holdout: { key: 'q1', salt: 'holdout:q1', share: 1, model: 'old@1', measured },
          },
        },
        subjects: {
          ...published.subjects,
          'holdout:q1': {
            ...{ id: measured.id, kind: 'holdout', key: 'q1', task: 'reply', assignment: 'platform' },
            variants: ['held', 'open'],
          },
        },
      }),
    };
    const exposed = { id: 'x-1', type: 'exposure', at, holdout: 'q1', variant: 'held', unit: 'u-1' };

    it('is filed under it, from whichever of its tasks, in the epoch it says', () => {
      expect(readEvent({ ...exposed, epoch: 1 }, withHoldout)).toMatchObject({
        event: {
          subjectId: measured.id,
          variant: 'held',
          epoch: 1,
          units: [{ unitType: 'user', unit: 'u-1' }],
        },
      });
      expect(readEvent({ ...exposed, task: 'summary' }, withHoldout).kind).toBe('event');
    });

    it.each([
      ['EXPERIMENT_UNKNOWN', { holdout: 'q2' }],
      ['VARIANT_UNKNOWN', { variant: 'control' }],
      ['EPOCH_UNKNOWN', { epoch: 2 }],
    ])('is refused as %s', (code, wrong) => {
      expect(readEvent({ ...exposed, ...wrong }, withHoldout)).toMatchObject({ kind: 'rejected', code });
    });

    it('has the id that the edge and SDKs give it', () => {
      const id = exposureId({
        ...{ environment: 'production', kind: 'holdout', key: 'q1', epoch: 1, unit: 'u-1', variant: 'held' },
      });
      expect(readEvent({ ...exposed, id, epoch: 1 }, withHoldout)).toMatchObject({ platformId: true });
    });

    it('is proven by an outcome with an assignment id', () => {
      const { unit: _unit, ...rest } = outcome;
      const read = readEvent({ ...rest, assignmentId: tokenFor('u-7') }, withHoldout);
      expect(read).toMatchObject({
        proves: [{ variant: expect.any(String) }, { variant: 'held', unit: 'u-7' }],
      });
    });
  });

  it('may be a minute early', () => {
    expect(read({ ...outcome, at: '2026-01-10T12:01:00Z' }).kind).toBe('event');
  });
});

describe('an exposure of a unit that keeps a winner', () => {
  const carrying = { ...context, ruleset: compileRuleset(aCarryingRuleset()) };
  const sourceOf = (event: object) => {
    const result = readEvent({ id: 'x-1', type: 'exposure', at, ...event }, carrying);
    if (result.kind === 'rejected') throw new Error(`${result.code} ${result.message}`);
    return result.event.source;
  };
  const tokenOf = (unit: string) =>
    assign(
      { unit, tasks: ['summary'] },
      { ruleset: carrying.ruleset, tokens: someTokens, now: NOW, stale: false },
    ).response.assignments[0]!.assignmentId;
  const told = { task: 'summary', rollout: 'warm', variant: 'challenger' };

  it('is left out of estimates, though whoever tells of it does not know', () => {
    expect(sourceOf({ ...told, unit: KEPT })).toBe('carried');
    expect(sourceOf({ ...told, unit: KEPT, source: 'growthbook' })).toBe('carried');
    expect(sourceOf({ assignmentId: tokenOf(KEPT) })).toBe('carried');
  });

  it('is left out of estimates when it arrives after the rollout has ended', () => {
    const ruleset = aCarryingRuleset();
    const summary = ruleset.tasks.summary!;
    const { carried } = summary.rollout!;
    const over = compileRuleset({
      ...ruleset,
      tasks: { ...ruleset.tasks, summary: { ...summary, rollout: null } },
      subjects: {
        ...ruleset.subjects,
        'rollout:warm': { ...ruleset.subjects['rollout:warm']!, carried: carried! },
      },
    });
    const late = (unit: string) =>
      readEvent({ id: 'x-1', type: 'exposure', at, ...told, unit }, { ...carrying, ruleset: over });
    expect(late(KEPT)).toMatchObject({ event: { source: 'carried' } });
    expect(late(NOT_KEPT)).toMatchObject({ event: { source: null } });
  });

  it('is not taken for one of a unit that was drawn', () => {
    expect(sourceOf({ ...told, unit: NOT_KEPT, source: 'growthbook' })).toBe('growthbook');
    expect(sourceOf({ ...told, variant: 'control', unit: KEPT })).toBeNull();
    expect(sourceOf({ assignmentId: tokenOf(NOT_KEPT) })).toBeNull();
  });
});

describe('readInstant', () => {
  it.each([
    ['2026-01-05T10:00:00.123456Z', '2026-01-05T10:00:00.123Z'],
    ['2026-01-05t10:00:00z', '2026-01-05T10:00:00.000Z'],
    ['2026-01-05T10:00:00+02:00', '2026-01-05T08:00:00.000Z'],
    ['2024-02-29T23:59:59-11:30', '2024-03-01T11:29:59.000Z'],
  ])('reads %s', (text, expected) => {
    expect(readInstant(text)?.toISOString()).toBe(expected);
  });

  it.each([
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-05',
    '2026-01-05T10:00:00',
    '2026-01-05T24:00:00Z',
    '',
  ])('refuses %s', (text) => {
    expect(readInstant(text)).toBeNull();
  });
});
