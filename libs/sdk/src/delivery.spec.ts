import type { WireEvent } from './events/wire-event.js';
import { EVENTS, RULESET } from './testing/edge.js';
import type { Given } from './testing/fake-platform.js';
import { aWorld } from './testing/world.js';

const units = (count: number): string[] => Array.from({ length: count }, (_, n) => `user-${n}`);

/** Answers with these, one after the other, and then as an edge does. */
function first(world: ReturnType<typeof aWorld>, ...answers: Array<Given | Error>): void {
  const edge = world.platform.answers.get(EVENTS)!;
  world.platform.answers.set(EVENTS, (asked) => answers.shift() ?? edge(asked));
}

describe('events on their way', () => {
  it('are sent in batches, and at once when one is full', async () => {
    const { edge, platform, make } = aWorld({ batchSize: 10 });
    const client = make();
    await client.ready();
    for (const unit of units(10)) client.assign('reply', unit);
    await platform.pass(0);
    expect([platform.count(EVENTS), edge.taken.size]).toEqual([1, 10]);
    for (const unit of units(25)) client.track('quality', unit, 1);
    await platform.pass(1000);
    expect([platform.count(EVENTS), edge.taken.size]).toEqual([4, 35]);
    expect(client.stats()).toMatchObject({
      waiting: { outcomes: 0, exposures: 0 },
      delivered: { accepted: 35 },
    });
  });

  it('are kept and sent again, more seldom each time, and count once', async () => {
    const world = aWorld();
    const { edge, platform, make, codes } = world;
    const client = make();
    await client.ready();
    // Stored, but the answer was lost on the way.
    const edgeAnswer = platform.answers.get(EVENTS)!;
    let lost = 3;
    platform.answers.set(EVENTS, (asked) => {
      const answer = edgeAnswer(asked);
      return lost-- > 0 ? new Error('connection reset') : answer;
    });
    client.track('quality', 'ada', 1);
    const times: number[] = [];
    const start = platform.nowMs;
    for (let ms = 0; ms < 6000; ms += 25) {
      const before = platform.count(EVENTS);
      await platform.pass(25);
      if (platform.count(EVENTS) > before) times.push(platform.nowMs - start);
    }
    // After 1 s of gathering, then ¾ of 0.5, 1 and 2 s (chance says ½).
    expect(times).toEqual([1000, 1375, 2125, 3625]);
    expect(codes()).toEqual(['EVENTS_UNDELIVERED', 'EVENTS_UNDELIVERED', 'EVENTS_UNDELIVERED']);
    expect(edge.of('outcome')).toHaveLength(1);
    expect(client.stats().delivered).toEqual({ accepted: 0, duplicates: 1, rejected: 0 });
  });

  it.each([
    ['a 503 with seconds', { status: 503, headers: { 'retry-after': '20' } }],
    ['a 429 with a date', { status: 429, headers: { 'retry-after': 'Sat, 10 Jan 2026 12:00:21 GMT' } }],
  ])('wait as long as the edge asks: %s', async (_what, answer) => {
    const world = aWorld();
    const { edge, platform, make } = world;
    const client = make();
    await client.ready();
    first(world, answer);
    client.track('quality', 'ada', 1);
    await platform.pass(1000);
    expect(platform.count(EVENTS)).toBe(1);
    expect(await client.flush()).toBe(false);
    await platform.pass(19_500);
    expect(platform.count(EVENTS)).toBe(1);
    await platform.pass(1000);
    expect(edge.taken.size).toBe(1);
  });

  /** A client whose events the edge did not take, again and again, and that has tried a moment ago. */
  async function afterManyTries(world: ReturnType<typeof aWorld>) {
    const { edge, platform, make } = world;
    const client = make();
    await client.ready();
    platform.answers.delete(EVENTS);
    client.track('quality', 'ada', 1);
    await platform.pass(300_000);
    const tried = platform.count(EVENTS);
    while (platform.count(EVENTS) === tried) await platform.pass(100);
    return {
      client,
      comeBack: () => platform.answers.set(EVENTS, ({ body }) => ({ status: 200, body: edge.take(body) })),
    };
  }

  it('are tried at once when the ruleset is answered again', async () => {
    const world = aWorld({ stream: false });
    const { edge, platform } = world;
    const answer = platform.answers.get(RULESET)!;
    const { client, comeBack } = await afterManyTries(world);
    platform.answers.delete(RULESET);
    expect(await client.refresh()).toBe(false);
    comeBack();
    platform.answers.set(RULESET, answer);
    expect(await client.refresh()).toBe(true);
    await platform.pass(0);
    expect(edge.taken.size).toBe(1);
    expect(client.stats().waiting.outcomes).toBe(0);
  });

  it('are tried at once when the stream is there again', async () => {
    const world = aWorld();
    const { edge, platform } = world;
    const { comeBack } = await afterManyTries(world);
    comeBack();
    const { length } = platform.streams;
    platform.streams.at(-1)!.end();
    while (platform.streams.length === length) await platform.pass(100);
    await platform.pass(0);
    expect(edge.taken.size).toBe(1);
  });

  it('are not tried sooner for answers that come all the while: the pauses are for what fails', async () => {
    const world = aWorld({ stream: false });
    const { platform } = world;
    const { client } = await afterManyTries(world);
    const tried = platform.count(EVENTS);
    for (let look = 0; look < 5; look += 1) expect(await client.refresh()).toBe(true);
    await platform.pass(0);
    expect(platform.count(EVENTS)).toBe(tried);
  });

  it('wait as long as the edge asks, also when the ruleset is answered again', async () => {
    const world = aWorld({ stream: false });
    const { platform, make } = world;
    const answer = platform.answers.get(RULESET)!;
    const client = make();
    await client.ready();
    first(world, { status: 503, headers: { 'retry-after': '20' } });
    client.track('quality', 'ada', 1);
    await platform.pass(1000);
    platform.answers.delete(RULESET);
    await client.refresh();
    platform.answers.set(RULESET, answer);
    expect(await client.refresh()).toBe(true);
    await platform.pass(0);
    expect(platform.count(EVENTS)).toBe(1);
  });

  it('are not taken as delivered by a page that something else answers', async () => {
    const world = aWorld();
    const { edge, platform, make, errors } = world;
    const client = make();
    await client.ready();
    first(world, { status: 200, body: '<html>Please log in</html>' }, { status: 200, body: {} });
    client.track('quality', 'ada', 1);
    await platform.pass(5000);
    expect(errors.map(({ message }) => message)).toEqual([
      'what answered is not an edge; 1 events wait',
      'what answered is not an edge; 1 events wait',
    ]);
    expect(edge.taken.size).toBe(1);
  });

  it('wait while the key is not taken', async () => {
    const world = aWorld();
    const { edge, platform, make, codes, errors } = world;
    const client = make();
    await client.ready();
    first(world, { status: 401, body: { code: 'API_KEY_NOT_VALID' } });
    client.track('quality', 'ada', 1);
    await platform.pass(29_000);
    expect([platform.count(EVENTS), codes()]).toEqual([1, ['KEY_REFUSED']]);
    expect(errors[0]!.message).toContain('401 (API_KEY_NOT_VALID)');
    await platform.pass(5000);
    expect(edge.taken.size).toBe(1);
  });

  it('that spoil a batch are found by halving it, and only they are lost', async () => {
    const world = aWorld();
    const { edge, platform, make, codes } = world;
    const client = make();
    await client.ready();
    const edgeAnswer = platform.answers.get(EVENTS)!;
    platform.answers.set(EVENTS, (asked) =>
      asked.body.includes('poison') ? { status: 413 } : edgeAnswer(asked),
    );
    for (let n = 0; n < 20; n += 1) client.track('quality', n === 13 ? 'poison' : `user-${n}`, 1);
    await platform.pass(1000);
    expect(edge.taken.size).toBe(19);
    expect(codes()).toEqual(['EVENTS_REJECTED']);
    expect(client.stats()).toMatchObject({
      delivered: { accepted: 19, rejected: 1 },
      waiting: { outcomes: 0 },
    });
  });

  it('refused one by one are counted, with the reason of the first', async () => {
    const world = aWorld();
    const { platform, make, errors } = world;
    const client = make();
    await client.ready();
    const rejected = [{ index: 0, code: 'TASK_UNKNOWN', message: '"x" is not a task' }];
    first(world, { status: 200, body: { accepted: 1, duplicates: 0, rejected } });
    client.track('quality', 'ada', 1, { task: 'x' });
    client.track('quality', 'ada', 1);
    await platform.pass(1000);
    expect(client.stats().delivered).toEqual({ accepted: 1, duplicates: 0, rejected: 1 });
    expect(errors).toEqual([
      expect.objectContaining({ code: 'EVENTS_REJECTED', message: expect.stringContaining('TASK_UNKNOWN') }),
    ]);
  });
});

describe('a full queue', () => {
  it('drops what is new, counts it, says so, and keeps a place for outcomes', async () => {
    const { edge, platform, make, errors } = aWorld({ queueSize: 5 });
    platform.answers.set(EVENTS, () => new Error('away'));
    const client = make();
    await client.ready();
    for (const unit of units(12)) client.assign('reply', unit);
    expect(units(7).map((unit) => client.track('quality', unit, 1))).toEqual([
      true,
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
    expect(client.stats()).toMatchObject({
      waiting: { exposures: 5, outcomes: 5 },
      dropped: { exposures: 7, outcomes: 2 },
      remembered: 5,
    });
    const full = errors.filter(({ code }) => code === 'QUEUE_FULL');
    expect(full.map(({ more }) => more.count)).toEqual([1]);
    await platform.pass(60_000);
    expect(errors.filter(({ code }) => code === 'QUEUE_FULL').map(({ more }) => more.count)).toEqual([1, 8]);

    // The edge is back: a unit whose exposure was dropped is exposed when it comes again.
    platform.answers.set(EVENTS, ({ body }) => ({ status: 200, body: edge.take(body) }));
    await platform.pass(60_000);
    expect(edge.of('exposure')).toHaveLength(5);
    for (const unit of units(12)) client.assign('reply', unit);
    await platform.pass(60_000);
    for (const unit of units(12)) client.assign('reply', unit);
    await platform.pass(60_000);
    expect(
      edge
        .of('exposure')
        .map(({ unit }) => unit)
        .sort(),
    ).toEqual(units(12).sort());
  });

  it('is full by size as well: attributes can be long', async () => {
    const { platform, make } = aWorld({ queueSize: 1e9 });
    platform.answers.set(EVENTS, () => new Error('away'));
    const client = make();
    await client.ready();
    const attributes = Object.fromEntries(Array.from({ length: 64 }, (_, n) => [`a${n}`, 'x'.repeat(1024)]));
    for (const unit of units(3000)) client.assign('reply', unit, attributes);
    const { waiting, dropped } = client.stats();
    // Of the 64, those that the edge takes: 15 of them have 16,384 characters at most.
    expect(waiting.exposures).toBe(Math.floor((32 * 1024 * 1024) / (200 + 5 * 1027 + 10 * 1026)));
    expect(waiting.exposures + dropped.exposures).toBe(3000);
  });

  it('drops nothing for a client without an edge: there is nobody to tell', () => {
    const { edge, make, codes } = aWorld({ url: undefined });
    const client = make({ bootstrap: edge.ruleset });
    client.assign('reply', 'ada');
    expect([client.stats().dropped, codes()]).toEqual([{ exposures: 0, outcomes: 0 }, []]);
  });
});

describe('the end', () => {
  it('sends what waits', async () => {
    const { edge, platform, make } = aWorld();
    const client = make();
    await client.ready();
    client.assign('reply', 'ada');
    expect(await client.close()).toBe(true);
    expect(edge.of('exposure')).toHaveLength(1);
    expect(platform.streams.map(({ open }) => open)).toEqual([false]);
    const asked = platform.asked.length;
    expect(client.assign('reply', 'ada').reason).toBe('SPLIT');
    client.assign('reply', 'bob');
    await platform.pass(600_000);
    expect(platform.asked.length).toBe(asked);
  });

  it('waits no longer than it may, and says what is lost', async () => {
    const { platform, make, errors } = aWorld();
    const client = make();
    await client.ready();
    platform.answers.delete(EVENTS);
    client.track('quality', 'ada', 1);
    const closing = client.close({ timeoutMs: 3000 });
    await platform.pass(3000);
    expect(await closing).toBe(false);
    expect(platform.count(EVENTS)).toBeGreaterThan(2);
    expect(errors.at(-1)).toMatchObject({
      code: 'EVENTS_LOST',
      message: '1 events were not delivered before the end',
    });
  });

  it('of the process is waited for only while something waits', async () => {
    const { edge, platform, make } = aWorld();
    const client = make();
    await client.ready();
    client.assign('reply', 'ada');
    await platform.exitCall!();
    expect(edge.of('exposure')).toHaveLength(1);
    const asked = platform.asked.length;
    await platform.exitCall!();
    expect(platform.asked.length).toBe(asked);
  });

  it('of the process is tried once for events that cannot be delivered, not for ever', async () => {
    const { platform, make, codes } = aWorld();
    const client = make();
    await client.ready();
    platform.answers.delete(EVENTS);
    client.assign('reply', 'ada');
    for (let n = 0; n < 3; n += 1) {
      const ended = platform.exitCall!();
      await platform.pass(5000);
      await ended;
    }
    expect(codes().filter((code) => code === 'EVENTS_LOST')).toHaveLength(1);
  });
});

describe('the time of events', () => {
  it('is that of the edge where this machine is wrong about it', async () => {
    const { edge, platform, make } = aWorld();
    const answer = platform.answers.get('GET /api/v1/ruleset')!;
    platform.answers.set('GET /api/v1/ruleset', (asked) => {
      const given = answer(asked) as Given;
      return { ...given, headers: { ...given.headers, date: 'Sat, 10 Jan 2026 11:50:00 GMT' } };
    });
    const client = make();
    await client.ready();
    client.assign('reply', 'ada');
    await platform.pass(1000);
    expect(([...edge.taken.values()] as WireEvent[])[0]!.at).toBe('2026-01-10T11:50:00.000Z');
  });
});
