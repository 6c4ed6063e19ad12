import { anExposure, anOutcome, type NewEvent } from '@app/events';
import { clusteredQuantile, momentsOf, pairMomentsOf } from '@app/stats';
import { RECEIVED_AT, type WorldMetric, type WorldSubject } from '../persistence/testing/measured-world.js';
import type { AnalyticsStore } from '../ports/analytics-store.js';

/** A store with a way to give it subjects and events. */
export interface AnalyticsWorld {
  readonly store: AnalyticsStore;
  clear(): Promise<void>;
  openSubject(subject: WorldSubject): Promise<void>;
  openEpoch(subjectId: string, number: number, openedAt: Date): Promise<void>;
  append(events: readonly NewEvent[]): Promise<void>;
  close(): Promise<void>;
}

const SUBJECT = '00000000-0000-7000-8000-0000000000c1';
const OPENED = new Date('2026-01-05T00:00:00Z');
const NOW = new Date('2026-01-20T12:00:00Z');
const HOUR = 3_600_000;

interface Person {
  readonly unit: string;
  readonly variant: string;
  readonly hours: number;
  readonly scores: readonly number[];
  readonly before?: number;
  readonly tier?: string;
}

/** Forty people over four days: some without a covariate, some without a tier, some without a score. */
const PEOPLE: readonly Person[] = Array.from({ length: 40 }, (_, i) => ({
  unit: `unit-${i}`,
  variant: i % 3 === 0 ? 'treatment' : 'control',
  hours: (i * 7) % 90,
  scores: Array.from({ length: i % 6 }, (_, k) => 1 + ((i * 31 + k * 17) % 50) / 4),
  ...(i % 4 !== 1 && { before: ((i * 13) % 9) / 2 }),
  ...(i % 5 !== 2 && { tier: i % 2 === 0 ? 'pro' : 'free' }),
}));

const METRICS: readonly WorldMetric[] = [
  { key: 'quality', source: 'score' },
  { key: 'answers', kind: 'count', source: 'score', cap: 20 },
  { key: 'per-call', kind: 'ratio', numerator: 'score', denominator: 'call' },
  { key: 'early', source: 'score', lengthS: 2 * 3600 },
  { key: 'tail', kind: 'quantile', source: 'score', level: 0.5 },
];

/**
 * What looks, results, rollouts and workers rely on, whatever the engine: every case in it must hold for an adapter of
 * `AnalyticsStore` before it is bound.
 */
export function analyticsStoreContract(open: () => Promise<AnalyticsWorld>): void {
  let world: AnalyticsWorld;

  beforeAll(async () => {
    world = await open();
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    await world.clear();
    await world.openSubject({
      ...{ id: SUBJECT, key: 'tone', metrics: METRICS, openedAt: OPENED },
      ...{ covariates: ['before'], dimensions: ['tier'] },
    });
  });

  const drain = async (now = NOW): Promise<void> => {
    while (await world.store.hasWork(now)) await world.store.round(now);
  };
  const send = async (events: readonly NewEvent[], now = NOW): Promise<void> => {
    await world.append(events);
    await drain(now);
  };
  const metric = async (key: string, now = NOW) =>
    (await world.store.read(SUBJECT, now)).metrics.find((one) => one.key === key)!;
  const arm = async (key: string, variant: string) => (await metric(key)).epochs[0]?.arms[variant];
  const valueOf = (of: (person: Person) => number | undefined, people: readonly Person[]): number[] =>
    people.map(of).filter((value) => value !== undefined);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const control = PEOPLE.filter(({ variant, scores }) => variant === 'control' && scores.length > 0);

  it('knows metrics and epochs of a subject that nobody was exposed to', async () => {
    const evidence = await world.store.read(SUBJECT, NOW);
    expect(evidence).toMatchObject({
      subjectId: SUBJECT,
      fullDays: 0,
      firstExposureAt: null,
      carriedUnits: 0,
    });
    expect(evidence.epochs).toEqual([{ number: 1, weights: { control: 1, treatment: 1 }, units: {} }]);
    expect(evidence.metrics.map(({ key, epochs }) => [key, epochs])).toEqual(
      METRICS.map(({ key }) => [key, []]),
    );
    expect(await world.store.daily(SUBJECT)).toEqual({ subjectId: SUBJECT, days: [] });
    expect(await world.store.readBy(SUBJECT, 'tier', NOW)).toEqual([]);
  });

  it('counts every event once, in whatever order and however often it comes', async () => {
    const events = PEOPLE.flatMap((person) => eventsOf(person));
    await send(events);
    const once = await world.store.read(SUBJECT, NOW);
    await world.clear();
    await world.openSubject({
      ...{ id: SUBJECT, key: 'tone', metrics: METRICS, openedAt: OPENED },
      ...{ covariates: ['before'], dimensions: ['tier'] },
    });
    const shuffled = [...events, ...events.slice(20)].map((event, i) => ({ event, key: (i * 7919) % 997 }));
    shuffled.sort((a, b) => a.key - b.key);
    for (let from = 0; from < shuffled.length; from += 25) {
      await send(shuffled.slice(from, from + 25).map(({ event }) => event));
    }
    const again = await world.store.read(SUBJECT, NOW);
    // Ids of metrics are new in the second world.
    const comparable = ({ metrics, ...rest }: typeof once) => ({
      ...rest,
      metrics: metrics.map(({ metricId: _id, ...one }) => one),
    });
    expect(comparable(again)).toEqual(comparable(once));
  });

  it('pairs what both models came to on mirrored requests, and counts them in no arm', async () => {
    const mirrored = '00000000-0000-7000-8000-0000000000c2';
    await world.openSubject({
      ...{ id: mirrored, kind: 'rollout', key: 'new', metrics: METRICS, openedAt: OPENED },
      shadowUntil: new Date(OPENED.getTime() + 48 * HOUR),
    });
    const event = (id: string, metric: string, value: number, hours: number, source: string | null) =>
      anOutcome({
        ...{
          id: `${id}-${metric}-${source}`,
          units: [{ unitType: 'user', unit: id }],
          inferenceId: `r-${id}`,
        },
        ...{ at: new Date(OPENED.getTime() + hours * HOUR), metric, value, source },
      });
    const answered = (id: string, hours: number, champion: number, challenger: number) => [
      ...[event(id, 'score', champion, hours, null), event(id, 'call', 2, hours, null)],
      ...[event(id, 'score', challenger, hours, 'shadow'), event(id, 'call', 4, hours, 'shadow')],
    ];
    await send([
      ...[answered('ada', 1, 3, 4), answered('bob', 2, 5, 2), answered('late', 48, 9, 9)].flat(),
      event('alone', 'score', 7, 3, 'shadow'),
    ]);
    const { metrics, lastPairAt } = await world.store.shadow(mirrored);
    expect(lastPairAt).toEqual(new Date(OPENED.getTime() + 2 * HOUR));
    const paired = new Map(metrics.map(({ key, pairs }) => [key, pairs]));
    expect(paired.get('quality')).toEqual(pairMomentsOf([3, 5], [4, 2]));
    expect(paired.get('answers')).toEqual(pairMomentsOf([3, 5], [4, 2]));
    // Sum over sum: 8 / 4 and 6 / 8.
    expect(paired.get('per-call')).toMatchObject({ n: 2, x: { mean: 2 }, y: { mean: 0.75 } });
    // Events have no partner on the other side.
    expect(paired.get('tail')).toEqual(pairMomentsOf([], []));
    expect((await world.store.read(mirrored, NOW)).metrics.every(({ epochs }) => epochs.length === 0)).toBe(
      true,
    );
    expect((await world.store.shadow(SUBJECT)).lastPairAt).toBeNull();
    await world.store.recount(mirrored);
    await drain();
    expect(await world.store.shadow(mirrored)).toEqual({ metrics, lastPairAt });
  });

  it('has the moments of unit values, with covariate and caps', async () => {
    await send(PEOPLE.flatMap((person) => eventsOf(person)));
    const quality = await arm('quality', 'control');
    const expected = momentsOf(control.map(({ scores }) => mean(scores)));
    expect(quality).toMatchObject({ n: expected.n });
    expect(quality!.mean).toBeCloseTo(expected.mean, 12);
    expect(quality!.m2).toBeCloseTo(expected.m2, 10);
    const known = control.filter(({ before }) => before !== undefined);
    const pair = pairMomentsOf(
      valueOf(({ before }) => before, known),
      valueOf(({ scores }) => mean(scores), known),
    );
    expect(quality!.covariate).toMatchObject({ n: known.length });
    expect(quality!.covariate!.mean).toBeCloseTo(pair.x.mean, 12);
    expect(quality!.covariate!.m2).toBeCloseTo(pair.x.m2, 10);
    expect(quality!.covariate!.comoment).toBeCloseTo(pair.comoment, 10);
    expect(quality!.covariate!.valueGap).toBeCloseTo(pair.y.mean - expected.mean, 10);

    const all = PEOPLE.filter(({ variant }) => variant === 'control');
    const capped = momentsOf(
      all.map(({ scores }) =>
        Math.min(
          20,
          scores.reduce((sum, x) => sum + x, 0),
        ),
      ),
    );
    const answers = (await arm('answers', 'control'))!;
    expect([answers.n, answers.mean]).toEqual([all.length, expect.closeTo(capped.mean, 10)]);
    expect(answers.m2).toBeCloseTo(capped.m2, 8);
  });

  it('has the cross-products of ratios', async () => {
    await send(PEOPLE.flatMap((person) => eventsOf(person)));
    const ratio = (await arm('per-call', 'control'))!;
    const pair = pairMomentsOf(
      control.map(({ scores }) => scores.reduce((sum, x) => sum + x, 0)),
      control.map(({ scores }) => scores.length),
    );
    expect(ratio.n).toBe(control.length);
    expect(ratio.denominator!.mean).toBeCloseTo(pair.y.mean, 12);
    expect(ratio.denominator!.m2).toBeCloseTo(pair.y.m2, 10);
    expect(ratio.denominator!.comoment).toBeCloseTo(pair.comoment, 10);
  });

  it('has a quantile of events with the design effect of their units', async () => {
    await send(PEOPLE.flatMap((person) => eventsOf(person)));
    const { quantiles, epochs } = await metric('tail');
    const exact = clusteredQuantile(
      control.map(({ scores }) => scores),
      0.5,
    )!;
    const found = quantiles!['control']!;
    expect(found.events).toBe(exact.n);
    expect(Math.abs(found.value / exact.quantileType1 - 1)).toBeLessThan(0.02);
    expect(found.designEffect! / exact.designEffect).toBeGreaterThan(0.8);
    expect(found.designEffect! / exact.designEffect).toBeLessThan(1.25);
    expect(epochs[0]!.arms['control']!.quantile).toEqual(found);
  });

  it('keeps units out of the moments while their window is open, and lets them in without an event', async () => {
    const first = PEOPLE.slice(0, 6).map((person) => ({ ...person, hours: 0, scores: [3, 4] }));
    const at = (hours: number) => new Date(OPENED.getTime() + hours * HOUR);
    await send(
      first.flatMap((person) => eventsOf(person)),
      at(1.9),
    );
    expect((await metric('early', at(1.9))).openUnits).toEqual({ control: 4, treatment: 2 });
    expect(await arm('early', 'control')).toMatchObject({ n: 0 });
    await drain(at(2));
    expect((await metric('early', at(2))).openUnits).toEqual({ control: 0, treatment: 0 });
    expect(await arm('early', 'control')).toMatchObject({ n: 4, mean: 3.5 });
  });

  it('takes away what a unit added when it crosses, and puts it back when an epoch explains it', async () => {
    await send(PEOPLE.flatMap((person) => eventsOf(person)));
    const before = await world.store.read(SUBJECT, NOW);
    const other = { ...PEOPLE[1]!, variant: 'treatment', hours: 95, scores: [] };
    await send(eventsOf(other, 'moved'));
    const during = await world.store.read(SUBJECT, NOW);
    expect(during.crossing).toEqual({ units: 1, exposed: 40 });
    expect(during.epochs[0]!.units['control']).toBe(before.epochs[0]!.units['control']! - 1);
    await world.openEpoch(SUBJECT, 2, new Date(OPENED.getTime() + 94 * HOUR));
    await drain();
    const after = await world.store.read(SUBJECT, NOW);
    expect(after.crossing.units).toBe(0);
    expect(after.metrics).toEqual(before.metrics);
  });

  it('breaks down by a declared dimension, the parts adding up to the whole', async () => {
    await send(PEOPLE.flatMap((person) => eventsOf(person)));
    const parts = await world.store.readBy(SUBJECT, 'tier', NOW);
    expect(parts.map(({ value }) => value)).toEqual(['', 'free', 'pro']);
    const n = (variant: string) =>
      parts.map(({ evidence }) => evidence.metrics[0]!.epochs[0]!.arms[variant]?.n ?? 0);
    const free = control.filter(({ tier }) => tier === 'free');
    expect(n('control').reduce((sum, x) => sum + x, 0)).toBe((await arm('quality', 'control'))!.n);
    expect(n('control')[1]).toBe(free.length);
    const found = parts[1]!.evidence.metrics[0]!.epochs[0]!.arms['control']!;
    expect(found.mean).toBeCloseTo(mean(free.map(({ scores }) => mean(scores))), 12);
    expect(await world.store.readBy(SUBJECT, 'colour', NOW)).toEqual([]);
  });

  it('tells days of first exposure apart, the days adding up to the whole', async () => {
    await send(PEOPLE.flatMap((person) => eventsOf(person)));
    const { days } = await world.store.daily(SUBJECT);
    expect(days.map(({ day }) => day)).toEqual(['2026-01-05', '2026-01-06', '2026-01-07', '2026-01-08']);
    const firstDay = PEOPLE.filter(({ hours }) => hours < 24);
    expect(days[0]!.units).toEqual({
      control: firstDay.filter(({ variant }) => variant === 'control').length,
      treatment: firstDay.filter(({ variant }) => variant === 'treatment').length,
    });
    const all = days.map(({ metrics }) => metrics[0]!.arms['control']?.n ?? 0);
    expect(all.reduce((sum, n) => sum + n, 0)).toBe(control.length);
  });

  it('says since when events of an environment wait to be counted', async () => {
    expect(await world.store.waitingSince('production')).toBeNull();
    await world.append(PEOPLE.flatMap((person) => eventsOf(person)));
    expect(await world.store.waitingSince('production')).toEqual(RECEIVED_AT);
    expect(await world.store.waitingSince('staging')).toBeNull();
    await drain();
    expect(await world.store.waitingSince('production')).toBeNull();
  });

  it('changes nothing when a subject is counted again', async () => {
    await send(PEOPLE.flatMap((person) => eventsOf(person)));
    const all = async () => [
      await world.store.read(SUBJECT, NOW),
      await world.store.readBy(SUBJECT, 'tier', NOW),
      await world.store.daily(SUBJECT),
    ];
    const before = await all();
    await world.store.recount(SUBJECT);
    expect(await world.store.hasWork(NOW)).toBe(true);
    await drain();
    expect(await all()).toEqual(before);
  });
}

/** An exposure and the outcomes of a person: each score is a call as well. */
function eventsOf({ unit, variant, hours, scores, before, tier }: Person, series = 'first'): NewEvent[] {
  const id = `${unit}-${series}`;
  const about = { units: [{ unitType: 'user', unit }] };
  const at = OPENED.getTime() + hours * HOUR;
  const attributes = { ...(before !== undefined && { before }), ...(tier !== undefined && { tier }) };
  return [
    anExposure({ ...about, id: `${id}-x`, subjectId: SUBJECT, variant, at: new Date(at), attributes }),
    ...scores.flatMap((value, k) =>
      ['score', 'call'].map((name) =>
        anOutcome({
          ...{ ...about, id: `${id}-${name}-${k}`, metric: name, at: new Date(at + (k + 1) * 60_000) },
          value: name === 'score' ? value : 1,
        }),
      ),
    ),
  ];
}
