import type { IncomingMessage } from 'node:http';
import { assign } from '@app/assignment';
import { exposureId } from '@app/bucketing';
import { InMemoryEventStore } from '@app/events';
import { SpoolFull } from '@app/spool';
import { ExposureRecorder } from '../assignments/exposure-recorder.js';
import { EdgeClock } from '../edge-clock.js';
import type { Call } from '../http/route.js';
import { Monitoring } from '../monitoring/monitoring.js';
import { EdgeState } from '../snapshot/edge-state.js';
import { EventKeeper } from '../spool/event-keeper.js';
import { decodeBatch, type SpooledBatch } from '../spool/spooled-batch.js';
import { aPublishedRuleset, NOW } from '../testing/edge.fixtures.js';
import { EventIntake } from './event-intake.js';
import { keepAttributes } from './stored-attributes.js';

class StandingClock extends EdgeClock {
  override readonly ready = true;
  override now = (): Date => NOW;
  override refresh = (): undefined => undefined;
}

function anIntake() {
  const store = new InMemoryEventStore();
  const clock = new StandingClock();
  const monitoring = new Monitoring(() => ({
    versions: () => new Map(),
    confirmedAgeSeconds: () => 0,
    pendingExposures: () => 0,
    spoolBytes: () => 0,
    storeAway: () => false,
  }));
  const spooled: SpooledBatch[] = [];
  const disk = { full: false };
  const keeper = new EventKeeper(
    store,
    {
      append: async (payload) => {
        if (disk.full) throw new SpoolFull('the disk of a test is full');
        spooled.push(decodeBatch(Buffer.from(payload)));
      },
    },
    () => undefined,
  );
  const recorder = new ExposureRecorder(keeper, clock, monitoring, keepAttributes('*'));
  const state = new EdgeState();
  state.takeAccess({ keys: [], secrets: { production: 'a secret' } });
  const ruleset = aPublishedRuleset();
  state.takeRuleset({ environment: 'production', version: 1, body: JSON.stringify(ruleset) });
  const newer: { publish: (() => void) | null } = { publish: null };
  const intake = new EventIntake({
    keeper,
    clock,
    recorder,
    state,
    lookAgain: async () => newer.publish?.(),
    monitoring,
    retentionMs: 86_400_000,
    skewMs: 60_000,
    keepAttributes: keepAttributes('*'),
  });
  const call = (): Call => ({
    request: {} as IncomingMessage,
    environment: 'production',
    rest: '',
    ...state.environment('production')!,
  });
  return {
    store,
    keeper,
    spooled,
    disk,
    recorder,
    state,
    newer,
    take: (raw: unknown[]) => intake.take(raw, call()),
    call,
  };
}

const outcome = (id: string, more: object = {}) => ({
  id,
  type: 'outcome',
  at: '2026-01-10T11:00:00Z',
  metric: 'quality',
  value: 1,
  unit: 'u-1',
  task: 'reply',
  ...more,
});

describe('taking a batch', () => {
  it('takes the good ones and says which are bad and why', async () => {
    const { take, store } = anIntake();
    const answer = await take([outcome('1'), outcome('2', { type: 'x' }), outcome('3'), null]);
    expect(answer).toMatchObject({
      accepted: 2,
      duplicates: 0,
      rejected: [
        { index: 1, code: 'EVENT_TYPE_UNKNOWN' },
        { index: 3, code: 'EVENT_INVALID' },
      ],
    });
    expect(store.stored.map(({ event }) => event.id)).toEqual(['1', '3']);
  });

  it('counts the same batch once however often it is sent', async () => {
    const { take, store } = anIntake();
    const batch = [outcome('1'), outcome('2')];
    await take(batch);
    expect(await take(batch)).toEqual({ accepted: 0, duplicates: 2, rejected: [] });
    expect(await take([outcome('1', { value: 0 })])).toMatchObject({
      rejected: [{ index: 0, code: 'EVENT_ID_REUSED' }],
    });
    expect(store.stored).toHaveLength(2);
  });

  it('spools the good ones while the store is away, says so, and goes back to the store when it is told', async () => {
    const { take, store, keeper, spooled } = anIntake();
    store.unavailable = true;
    expect(await take([outcome('1'), outcome('2', { at: 'x' }), outcome('3')])).toEqual({
      accepted: 0,
      duplicates: 0,
      rejected: [expect.objectContaining({ index: 1, code: 'EVENT_AT_INVALID' })],
      spooled: 2,
    });
    expect(spooled.map(({ environment, events }) => [environment, events.map(({ id }) => id)])).toEqual([
      ['production', ['1', '3']],
    ]);
    store.unavailable = false;
    // Nobody waits for a store that is known to be away.
    expect(await take([outcome('4')])).toMatchObject({ accepted: 0, spooled: 1 });
    keeper.storeIsBack();
    expect(await take([outcome('4')])).toEqual({ accepted: 1, duplicates: 0, rejected: [] });
  });

  it('answers SPOOL_FULL and acknowledges nothing when neither place takes it', async () => {
    const { take, store, disk, keeper } = anIntake();
    store.unavailable = true;
    disk.full = true;
    await expect(take([outcome('1')])).rejects.toMatchObject({
      code: 'SPOOL_FULL',
      status: 503,
      more: { headers: { 'retry-after': '1' } },
    });
    store.unavailable = false;
    keeper.storeIsBack();
    expect(await take([outcome('1')])).toMatchObject({ accepted: 1, duplicates: 0 });
  });

  it('records the exposure that an assignment id proves, once, beside the outcome', async () => {
    const { take, store, call } = anIntake();
    const { snapshot, tokens } = call();
    const { response, exposures } = assign(
      { unit: 'u-1', tasks: ['reply'] },
      { ruleset: snapshot.compiled, tokens, now: NOW, stale: false },
    );
    const { assignmentId } = response.assignments[0]!;
    expect(await take([outcome('1', { assignmentId }), outcome('2', { assignmentId })])).toMatchObject({
      accepted: 2,
    });
    expect(await take([outcome('3', { assignmentId })])).toMatchObject({ accepted: 1 });
    const recorded = store.stored.filter(({ event }) => event.type === 'exposure');
    expect(recorded.map(({ event }) => event.id)).toEqual([exposures[0]!.id]);
  });

  it('calls an exposure under the id of the platform itself a duplicate, not a clash', async () => {
    const { take, recorder, call } = anIntake();
    const { snapshot, tokens } = call();
    const context = { ruleset: snapshot.compiled, tokens, now: NOW, stale: false };
    const { response, exposures } = assign({ unit: 'u-1', tasks: ['reply'], attributes: { a: 1 } }, context);
    recorder.record('production', exposures);
    expect(await recorder.flush()).toBe(true);
    const { assignmentId } = response.assignments[0]!;
    const sent = { id: exposures[0]!.id, type: 'exposure', at: '2026-01-10T11:00:00Z', assignmentId };
    expect(await take([sent])).toEqual({ accepted: 0, duplicates: 1, rejected: [] });
  });

  it('looks for newer rules before it calls something unknown', async () => {
    const { take, newer, state } = anIntake();
    const event = outcome('1', { task: 'just-made' });
    expect(await take([event])).toMatchObject({ rejected: [{ code: 'TASK_UNKNOWN' }] });
    newer.publish = () => {
      const next = aPublishedRuleset(2);
      const tasks = { ...next.tasks, 'just-made': { ...next.tasks.reply!, key: 'just-made' } };
      const body = JSON.stringify({ ...next, tasks });
      state.takeRuleset({ environment: 'production', version: 2, body });
    };
    expect(await take([event])).toMatchObject({ accepted: 1, rejected: [] });
  });

  it('counts an exposure once that the edge recorded and an SDK reports, or two processes with an SDK', async () => {
    const { take, recorder, call, store } = anIntake();
    const { snapshot, tokens } = call();
    const context = { ruleset: snapshot.compiled, tokens, now: NOW, stale: false };
    const { exposures } = assign({ unit: 'u-1', tasks: ['reply'] }, context);
    recorder.record('production', exposures);
    expect(await recorder.flush()).toBe(true);
    const bySdk = (unit: string, second: number) => {
      const { variant } = assign({ unit, tasks: ['reply'] }, context).response.assignments[0]!;
      const name = { environment: 'production', kind: 'experiment', key: 'tone', epoch: 1 } as const;
      const id = exposureId({ ...name, unit, variant: variant! });
      const at = `2026-01-10T11:00:0${second}Z`;
      return { id, type: 'exposure', at, task: 'reply', unit, experiment: 'tone', variant, epoch: 1 };
    };
    expect(await take([bySdk('u-1', 1)])).toEqual({ accepted: 0, duplicates: 1, rejected: [] });
    expect(await take([bySdk('u-2', 1)])).toMatchObject({ accepted: 1 });
    expect(await take([bySdk('u-2', 2)])).toEqual({ accepted: 0, duplicates: 1, rejected: [] });
    expect(store.stored.map(({ event }) => [event.units[0]!.unit, event.epoch])).toEqual([
      ['u-1', 1],
      ['u-2', 1],
    ]);
    // Under an id that is not the platform's own, another content is a clash as ever.
    expect(await take([{ ...bySdk('u-2', 3), id: 'mine' }])).toMatchObject({ accepted: 1 });
    expect(await take([{ ...bySdk('u-2', 4), id: 'mine' }])).toMatchObject({
      rejected: [{ code: 'EVENT_ID_REUSED' }],
    });
  });
});
