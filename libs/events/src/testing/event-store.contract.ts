import type { EventStore } from '../ports/event-store.js';
import { anExposure, anOutcome } from './event.builder.js';

const RECEIVED = new Date('2026-01-05T12:00:00.000Z');

/** What every event store promises; run against the fake and against Postgres. */
export function eventStoreContract(open: () => Promise<EventStore>): void {
  let store: EventStore;
  beforeEach(async () => {
    store = await open();
  });
  const append = (events: Parameters<EventStore['append']>[1], environment = 'production') =>
    store.append(environment, events, RECEIVED);

  it('accepts events and answers in their order', async () => {
    expect(await append([anOutcome({ id: 'b' }), anExposure({ id: 'a' })])).toEqual(['accepted', 'accepted']);
  });

  it('answers nothing to nothing', async () => {
    expect(await append([])).toEqual([]);
  });

  it('takes the same event once, however often it is sent', async () => {
    await append([anOutcome()]);
    expect(await append([anOutcome(), anOutcome({ id: 'other' })])).toEqual(['duplicate', 'accepted']);
    expect(await append([anOutcome()])).toEqual(['duplicate']);
  });

  it('folds repetitions inside one batch', async () => {
    expect(await append([anOutcome(), anOutcome(), anOutcome({ value: 2 })])).toEqual([
      'accepted',
      'duplicate',
      'reused',
    ]);
  });

  it('refuses another event under a known id, whatever differs', async () => {
    await append([anOutcome()]);
    expect(await append([anOutcome({ value: 0 })])).toEqual(['reused']);
    expect(await append([anOutcome({ at: new Date('2026-01-09T10:00:00Z') })])).toEqual(['reused']);
    expect(await append([anOutcome({ attributes: { tier: 'gold' } }), anOutcome()])).toEqual([
      'reused',
      'duplicate',
    ]);
  });

  it('does not mind the order of attribute keys', async () => {
    await append([anOutcome({ attributes: { a: 1, b: [2] } })]);
    expect(await append([anOutcome({ attributes: { b: [2], a: 1 } })])).toEqual(['duplicate']);
  });

  it('keeps environments apart', async () => {
    await append([anOutcome()]);
    expect(await append([anOutcome({ value: 0 })], 'staging')).toEqual(['accepted']);
  });

  it('counts an event once when it is sent many times at once', async () => {
    const events = Array.from({ length: 40 }, (_, index) => anOutcome({ id: `event-${index}` }));
    const answers = await Promise.all(
      [events, [...events].reverse(), events, [...events].reverse()].map((batch) => append(batch)),
    );
    expect(answers.flat().filter((status) => status === 'accepted')).toHaveLength(40);
    expect(answers.flat().filter((status) => status === 'duplicate')).toHaveLength(120);
  });

  it('takes an outcome that knows only its inference', async () => {
    const lone = anOutcome({ units: [], inferenceId: 'inference-1' });
    expect(await append([lone])).toEqual(['accepted']);
    expect(await append([lone])).toEqual(['duplicate']);
  });
}
