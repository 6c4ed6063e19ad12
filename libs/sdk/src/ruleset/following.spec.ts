import { aRuleset, RULESET } from '../testing/edge.js';
import type { Given } from '../testing/fake-platform.js';
import { aWorld } from '../testing/world.js';

const menu = { expose: false };

describe('following the rules', () => {
  it('takes a change when the stream tells of it, by one look with an ETag', async () => {
    const { edge, platform, make } = aWorld();
    const client = make();
    await client.ready();
    const before = platform.count(RULESET);
    edge.publish(aRuleset(2));
    await platform.pass(0);
    expect([client.stats().rulesetVersion, platform.count(RULESET) - before]).toEqual([2, 1]);
    expect(platform.asked.at(-1)!.headers['if-none-match']).toBe('"1-x"');
    // Told again of what it has, it asks nothing.
    edge.publish(aRuleset(2));
    await platform.pass(0);
    expect(platform.count(RULESET) - before).toBe(1);
  });

  it('misses no change that comes while it looks', async () => {
    const { edge, platform, make } = aWorld();
    const client = make();
    await client.ready();
    await platform.pass(0);
    const answer = platform.answers.get(RULESET)!;
    let published = false;
    platform.answers.set(RULESET, (asked) => {
      const given = answer(asked);
      if (!published) queueMicrotask(() => edge.publish(aRuleset(2)));
      published = true;
      return given;
    });
    expect(await client.refresh()).toBe(true);
    await platform.pass(0);
    expect(client.stats().rulesetVersion).toBe(2);
  });

  it('looks now and then although a stream is open, and often while none is', async () => {
    const { edge, platform, make } = aWorld();
    const client = make();
    await client.ready();
    await platform.pass(6000);
    let before = platform.count(RULESET);
    for (let n = 0; n < 3; n += 1) {
      await platform.pass(20_000);
      edge.say(': still here\n\n');
    }
    expect(platform.count(RULESET) - before).toBe(3);
    expect(client.stats()).toMatchObject({ streaming: true, stale: false });

    platform.onStream = (stream) => stream.end(new Error('away'));
    platform.streams[0]!.end(new Error('reset'));
    expect(client.stats().streaming).toBe(false);
    before = platform.count(RULESET);
    edge.ruleset = aRuleset(7);
    await platform.pass(5000);
    expect(client.stats().rulesetVersion).toBe(7);
    await platform.pass(55_000);
    expect(platform.count(RULESET) - before).toBe(12);
  });

  it('opens a stream again that ended, more seldom each time', async () => {
    const { platform, make } = aWorld();
    const client = make();
    await client.ready();
    await platform.pass(10);
    const opened: number[] = [];
    const start = platform.nowMs;
    platform.onStream = (stream) => {
      opened.push(platform.nowMs - start);
      stream.status(503);
      stream.end();
    };
    platform.streams[0]!.end();
    await platform.pass(3000);
    // ¾ of 250 ms, 500 ms, 1 s, …
    expect(opened).toEqual([187.5, 562.5, 1312.5, 2812.5]);
    await client.close();
    await platform.pass(60_000);
    expect(opened).toHaveLength(4);
  });

  it('opens a stream again that fell silent', async () => {
    const { edge, platform, make } = aWorld();
    const client = make();
    await client.ready();
    await platform.pass(60_000);
    edge.say(': still here\n\n');
    await platform.pass(60_000);
    expect(platform.streams).toHaveLength(1);
    await platform.pass(10_000);
    expect(platform.streams.map(({ open }) => open)).toEqual([false, true]);
  });

  it('never goes back, and does not count an older answer as a confirmation', async () => {
    const { edge, platform, make } = aWorld();
    edge.ruleset = aRuleset(5);
    const client = make();
    await client.ready();
    edge.publish(aRuleset(4));
    await platform.pass(70_000);
    expect(client.stats()).toMatchObject({ rulesetVersion: 5, stale: true });
    edge.publish(aRuleset(5));
    await platform.pass(20_000);
    expect(client.stats()).toMatchObject({ rulesetVersion: 5, stale: false });
  });

  it('keeps what it has when it cannot read what comes', async () => {
    const { edge, platform, make, codes } = aWorld();
    const client = make();
    await client.ready();
    edge.publish({ ...aRuleset(2), format: 99 });
    await platform.pass(0);
    expect(client.stats().rulesetVersion).toBe(1);
    platform.answers.set(RULESET, () => ({ status: 200, body: 'not json' }));
    await client.refresh();
    expect(new Set(codes())).toEqual(new Set(['RULESET_UNREADABLE']));
    expect(client.assign('reply', 'ada').reason).toBe('SPLIT');
  });

  it('names a rule that it leaves out', async () => {
    const { edge, make, errors } = aWorld();
    const ruleset = aRuleset();
    const [tone] = ruleset.tasks['reply']!.experiments;
    const variants = tone!.variants.map((variant) => ({ ...variant, model: 'gone@1' }));
    const reply = { ...ruleset.tasks['reply']!, experiments: [{ ...tone!, variants }] };
    edge.ruleset = { ...ruleset, tasks: { ...ruleset.tasks, reply } };
    const client = make();
    await client.ready();
    expect(client.assign('reply', 'ada').reason).toBe('DEFAULT');
    expect(errors).toEqual([
      expect.objectContaining({ code: 'RULE_LEFT_OUT', message: expect.stringContaining('gone@1') }),
    ]);
  });

  it('says whether it is the key or the edge that stands in the way', async () => {
    const { platform, make, errors } = aWorld();
    const answers: Array<Given | Error> = [
      { status: 403, body: '{"code":"ROLE_NOT_ALLOWED"}' },
      { status: 502, body: '<html>' },
      new Error('fetch failed', { cause: new Error('connect ECONNREFUSED') }),
    ];
    platform.answers.set(RULESET, () => answers.shift()!);
    const client = make({ stream: false });
    await platform.pass(0);
    for (let n = 0; n < 2; n += 1) await client.refresh();
    expect(errors.map(({ code, message }) => `${code} ${message}`)).toEqual([
      'KEY_REFUSED the ruleset cannot be fetched: the edge answers 403 (ROLE_NOT_ALLOWED)',
      'RULESET_UNREACHABLE the ruleset cannot be fetched: the edge answers 502',
      'RULESET_UNREACHABLE the ruleset cannot be fetched: fetch failed: connect ECONNREFUSED',
    ]);
  });
});

describe('staleness', () => {
  it('gives rollout units the champion once nobody has confirmed the rules for too long, and keeps their arm', async () => {
    const { platform, make } = aWorld();
    const heard: string[] = [];
    const client = make();
    client.listen((change) => heard.push(change));
    await client.ready();
    expect(client.assign('menu', 'ada', undefined, menu)).toMatchObject({
      reason: 'ROLLOUT',
      model: { key: 'new' },
    });
    const edgeAnswer = platform.answers.get(RULESET)!;
    platform.answers.delete(RULESET);
    await platform.pass(61_000);
    expect(client.assign('menu', 'ada', undefined, menu)).toMatchObject({
      reason: 'STALE',
      variant: 'challenger',
      model: { key: 'old' },
    });
    expect(client.assign('reply', 'ada').reason).toBe('SPLIT');
    platform.answers.set(RULESET, edgeAnswer);
    await platform.pass(31_000);
    expect(client.assign('menu', 'ada', undefined, menu).reason).toBe('ROLLOUT');
    expect(heard).toEqual(['ruleset', 'fresh', 'stale', 'fresh']);
  });

  it('counts from when the database last confirmed the edge', async () => {
    const { platform, make } = aWorld();
    const edgeAnswer = platform.answers.get(RULESET)!;
    let age = 0;
    platform.answers.set(RULESET, (asked) => {
      const given = edgeAnswer(asked) as Given;
      return { ...given, headers: { ...given.headers, age: String(age) } };
    });
    const client = make();
    await client.ready();
    await platform.pass(15_000);
    // The edge answers on, but has lost its database.
    for (age = 5; age < 55; age += 5) await platform.pass(5000);
    expect(client.stats().stale).toBe(false);
    for (; age < 75; age += 5) await platform.pass(5000);
    expect(client.stats().stale).toBe(true);
  });
});

describe('a bootstrap', () => {
  const away = () => {
    const world = aWorld();
    world.platform.answers.clear();
    return world;
  };

  it.each([
    ['an object', (ruleset: object) => ruleset],
    ['a text', (ruleset: object) => JSON.stringify(ruleset)],
    ['a file', () => '/somewhere/ruleset.json'],
  ])('given as %s answers while the edge is away; rollout units get the champion', async (_what, form) => {
    const { platform, make } = away();
    platform.files.set('/somewhere/ruleset.json', JSON.stringify(aRuleset()));
    const client = make({ bootstrap: form(aRuleset()) });
    expect(await client.ready()).toBe(true);
    expect(client.assign('reply', 'ada').reason).toBe('SPLIT');
    expect(client.assign('menu', 'ada')).toMatchObject({ reason: 'STALE', model: { key: 'old' } });
  });

  it('is trusted without end where that is asked for', () => {
    const client = aWorld({ url: undefined }).make({ bootstrap: aRuleset(), maxStalenessMs: Infinity });
    expect(client.assign('menu', 'ada')).toMatchObject({ reason: 'ROLLOUT', model: { key: 'new' } });
  });

  it.each([
    ['a file that is not there', '/nowhere.json'],
    ['a text that is no JSON', '{"format":'],
    ['an object that is no ruleset', { hello: 1 }],
  ])('that is %s costs nothing but a word', async (_what, bootstrap) => {
    const { make, codes } = aWorld();
    const client = make({ bootstrap });
    expect(codes()).toEqual(['RULESET_UNREADABLE']);
    expect(await client.ready()).toBe(true);
  });

  it('gives way to a newer ruleset, not to an older one of its environment, and to any of another', async () => {
    const versions = async (bootstrap: object) => {
      const client = aWorld().make({ bootstrap });
      await client.refresh();
      return client.ruleset();
    };
    expect(await versions(aRuleset(0))).toMatchObject({ version: 1 });
    expect(await versions(aRuleset(9))).toMatchObject({ version: 9 });
    expect(await versions(aRuleset(9, { environment: 'staging' }))).toMatchObject({
      version: 1,
      environment: 'production',
    });
  });

  it('and nothing else: ready says whether there are rules, within its time', async () => {
    const { platform, make } = away();
    const client = make();
    const waiting = client.ready({ timeoutMs: 2000 });
    await platform.pass(2000);
    expect(await waiting).toBe(false);
    expect(client.assign('reply', 'ada')).toMatchObject({ reason: 'ERROR', model: null });
  });
});
