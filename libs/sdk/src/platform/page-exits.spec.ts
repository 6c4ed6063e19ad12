import { aWorld } from '../testing/world.js';
import { pageExits } from './page-exits.js';

describe('a page that is left', () => {
  const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  const turns = (state: string): void => {
    page.visibilityState = state;
    page.dispatchEvent(new Event('visibilitychange'));
  };

  beforeAll(() => void Object.assign(globalThis, { document: page }));
  afterAll(() => void delete (globalThis as { document?: unknown }).document);

  it('sends what waits at once, in a request that outlives it', async () => {
    const exits = pageExits()!;
    const { platform, make } = aWorld();
    const client = make({ platform: { ...platform, exits } });
    await client.ready();
    client.track('quality', 'ada', 0.9, { task: 'reply' });
    turns('visible');
    await platform.pass(0);
    expect(platform.count('POST /api/v1/events')).toBe(0);
    turns('hidden');
    // Before the page has another turn: it may be gone by then.
    await Promise.resolve().then(() => undefined);
    expect(platform.asked.at(-1)).toMatchObject({ path: '/api/v1/events', keepalive: true });
    await client.close();
    client.track('quality', 'ada', 0.9, { task: 'reply' });
    turns('hidden');
    await platform.pass(0);
    expect(platform.count('POST /api/v1/events')).toBe(1);
  });

  it('says nothing of lost events when they do not arrive: it may be shown again', async () => {
    const exits = pageExits()!;
    const { platform, make, codes } = aWorld();
    const client = make({ platform: { ...platform, exits } });
    await client.ready();
    platform.answers.delete('POST /api/v1/events');
    client.track('quality', 'ada', 0.9, { task: 'reply' });
    turns('hidden');
    await platform.pass(5000);
    expect(new Set(codes())).toEqual(new Set(['EVENTS_UNDELIVERED']));
    expect(client.stats().waiting.outcomes).toBe(1);
  });

  it('sends large batches as ever: no more than 64 KiB may outlive a page', async () => {
    const { platform, make } = aWorld();
    const client = make();
    await client.ready();
    for (let n = 0; n < 200; n += 1) client.track('quality', `unit-${n}`, 0.9, { task: 'reply' });
    await client.flush();
    expect(platform.asked.at(-1)).toMatchObject({ path: '/api/v1/events', keepalive: false });
  });

  it('is none where there is no page', () => {
    const { document } = globalThis as { document?: unknown };
    delete (globalThis as { document?: unknown }).document;
    expect(pageExits()).toBeNull();
    Object.assign(globalThis, { document });
  });
});
