import { type ContenderError, createContender } from './index.js';
import { aRuleset, EVENTS, OPTIONS, RULESET } from './testing/edge.js';
import { aWorld } from './testing/world.js';

const unitsIn = (variant: string, client: ReturnType<typeof createContender>, count: number): string[] =>
  Array.from({ length: 200 }, (_, n) => `user-${n}`)
    .filter((unit) => client.assign('reply', unit, undefined, { expose: false }).variant === variant)
    .slice(0, count);

describe('an answer', () => {
  it('is given at once from the ruleset, and exposed once', async () => {
    const { edge, platform, make } = aWorld();
    const client = make();
    expect(await client.ready()).toBe(true);
    const [unit] = unitsIn('b', client, 1);
    const answer = client.assign('reply', unit!, { plan: 'pro' });
    expect(answer).toMatchObject({
      task: 'reply',
      variant: 'b',
      model: { key: 'new', version: 1 },
      source: 'experiment',
      reason: 'SPLIT',
      experiment: 'tone',
      propensity: 0.5,
    });
    for (let n = 0; n < 5; n += 1) client.assign('reply', unit!, { plan: 'free' });
    await platform.pass(1000);
    expect(edge.of('exposure')).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-5/),
        type: 'exposure',
        at: '2026-01-10T12:00:00.000Z',
        task: 'reply',
        unit,
        experiment: 'tone',
        variant: 'b',
        epoch: 1,
        source: 'sdk',
        attributes: { plan: 'pro' },
      },
    ]);
  });

  it('keeps what was known of the unit at that moment, and only what the edge takes', async () => {
    const { edge, platform, make } = aWorld();
    const client = make();
    await client.ready();
    const tags = ['x'];
    const attributes: Record<string, unknown> = {
      tags,
      plan: 'pro',
      nested: { a: 1 },
      nan: NaN,
      text: 'x'.repeat(2000),
    };
    client.assign('reply', 'ada', attributes);
    tags.push('y');
    attributes['plan'] = 'free';
    await platform.pass(1000);
    expect(edge.of('exposure')[0]!.attributes).toEqual({ tags: ['x'], plan: 'pro' });
  });

  it('is not exposed when it is only looked at, until it is used after all', async () => {
    const { edge, platform, make } = aWorld();
    const client = make();
    await client.ready();
    const looked = client.assign('reply', 'ada', undefined, { expose: false });
    await platform.pass(5000);
    expect(edge.of('exposure')).toEqual([]);
    client.expose(looked, 'ada');
    client.assign('reply', 'ada');
    await platform.pass(5000);
    expect(edge.of('exposure')).toHaveLength(1);
  });

  it('takes the unit of the type of the task, and says when there is none', async () => {
    const { make } = aWorld();
    const client = make();
    await client.ready();
    const units = { user: 'ada', conversation: 'c-7' };
    expect(client.assign('reply', units)).toBe(client.assign('reply', 'ada'));
    expect(client.assign('chat', units)).toBe(client.assign('chat', 'c-7'));
    expect(client.assign('chat', { user: 'ada' })).toMatchObject({
      reason: 'UNIT_MISSING',
      model: { key: 'old' },
    });
    expect(client.assign('chat', null as never)).toMatchObject({ reason: 'UNIT_MISSING' });
    expect(client.assign('none', 'ada')).toMatchObject({ reason: 'TASK_UNKNOWN', model: null });
  });

  it('exposes to the holdout of its task as well, once for all of its tasks', async () => {
    const { edge, platform, make } = aWorld();
    const measured = { id: 'id-of-q1', epoch: 1, since: '2026-01-01T00:00:00.000Z' };
    const holdout = { key: 'q1', salt: 'holdout:q1', share: 0.3, model: 'old@1', measured };
    const { tasks } = aRuleset();
    edge.publish(
      aRuleset(2, {
        tasks: { reply: { ...tasks['reply']!, holdout }, menu: { ...tasks['menu']!, holdout } },
      }),
    );
    const client = make();
    await client.ready();
    const reasonOf = (unit: string) => client.assign('reply', unit, undefined, { expose: false }).reason;
    const held = Array.from({ length: 99 }, (_, n) => `u-${n}`).find((unit) => reasonOf(unit) === 'HOLDOUT')!;
    await platform.pass(2000);
    expect(edge.taken.size).toBe(0);
    client.assign('reply', held);
    client.assign('menu', held);
    client.assignAll(held).get('reply');
    await platform.pass(2000);
    expect(edge.of('exposure')).toEqual([
      expect.objectContaining({ holdout: 'q1', variant: 'held', epoch: 1, unit: held }),
    ]);
    expect(edge.of('exposure')[0]).not.toHaveProperty('task');
    for (let n = 0; n < 99; n += 1) client.assign('reply', `u-${n}`);
    await platform.pass(2000);
    const arms = edge
      .of('exposure')
      .map(({ holdout: of, experiment, variant }) => `${of ?? experiment} ${variant}`);
    const count = (arm: string) => arms.filter((one) => one === arm).length;
    expect(count('q1 held') + count('tone a') + count('tone b')).toBe(99);
    expect(count('q1 open')).toBeGreaterThan(15);
    expect(count('q1 open')).toBeLessThan(45);
  });

  it('gives overrides their variant without an exposure', async () => {
    const { edge, platform, make } = aWorld();
    const client = make();
    await client.ready();
    expect(client.assign('reply', 'qa-1')).toMatchObject({ reason: 'OVERRIDE', variant: 'b' });
    await platform.pass(5000);
    expect(edge.taken.size).toBe(0);
  });

  it('carries the epoch, and is exposed anew in the next one only', async () => {
    const { edge, platform, make } = aWorld();
    const client = make();
    await client.ready();
    client.assign('reply', 'ada');
    edge.publish(aRuleset(2));
    await platform.pass(2000);
    client.assign('reply', 'ada');
    const third = aRuleset(3);
    const [tone] = third.tasks['reply']!.experiments;
    const tasks = {
      ...third.tasks,
      reply: { ...third.tasks['reply']!, experiments: [{ ...tone!, epoch: 2 }] },
    };
    edge.publish({ ...third, tasks });
    await platform.pass(2000);
    client.assign('reply', 'ada');
    await platform.pass(2000);
    expect(edge.of('exposure').map(({ epoch }) => epoch)).toEqual([1, 2]);
  });
});

describe('answers for all tasks', () => {
  it('expose what is read, at its first reading', async () => {
    const { edge, platform, make } = aWorld();
    const client = make();
    await client.ready();
    const all = client.assignAll({ user: 'ada', conversation: 'c-1' });
    expect(all.tasks).toEqual(['reply', 'menu', 'chat']);
    expect(JSON.parse(JSON.stringify(all))).toHaveLength(3);
    expect(all.peek('menu')).toMatchObject({ reason: 'ROLLOUT' });
    await platform.pass(2000);
    expect(edge.taken.size).toBe(0);
    expect(all.get('reply')).toBe(all.get('reply'));
    await platform.pass(2000);
    expect(edge.of('exposure').map(({ task, unit }) => [task, unit])).toEqual([['reply', 'ada']]);
    all.get('chat');
    await platform.pass(2000);
    expect(edge.of('exposure').map(({ task, unit }) => [task, unit])).toEqual([
      ['reply', 'ada'],
      ['chat', 'c-1'],
    ]);
  });

  it('stay as they were when the rules change', async () => {
    const { edge, platform, make } = aWorld();
    const client = make();
    await client.ready();
    const all = client.assignAll('ada');
    edge.publish(aRuleset(2, { tasks: {} }));
    await platform.pass(1000);
    expect(client.assign('reply', 'ada').reason).toBe('TASK_UNKNOWN');
    expect(all.get('reply').reason).toBe('SPLIT');
  });
});

describe('outcomes and feedback', () => {
  it('are sent together, in order, with ids of their own', async () => {
    const { edge, platform, make } = aWorld();
    const client = make();
    await client.ready();
    expect(client.track('quality', 'ada', 0.9, { task: 'reply', evaluator: 'judge' })).toBe(true);
    expect(client.outcome({ metric: 'latency', unit: { user: 'ada' }, value: 812, id: 'mine' })).toBe(true);
    expect(client.feedback({ task: 'reply', unit: 'ada', thumb: 'down', comment: 'No.' })).toBe(true);
    expect(client.feedback({ inferenceId: 'i-1', rating: 4, at: new Date('2026-01-09T00:00:00Z') })).toBe(
      true,
    );
    await platform.pass(1000);
    expect(platform.count(EVENTS)).toBe(1);
    const at = '2026-01-10T12:00:00.000Z';
    const common = { type: 'outcome', at };
    expect(edge.of('outcome')).toEqual([
      {
        ...common,
        id: 'id-1',
        metric: 'quality',
        unit: 'ada',
        value: 0.9,
        task: 'reply',
        evaluator: 'judge',
      },
      { ...common, id: 'mine', metric: 'latency', units: { user: 'ada' }, value: 812 },
      {
        ...common,
        id: 'id-2',
        metric: 'feedback',
        unit: 'ada',
        value: 0,
        task: 'reply',
        comment: 'No.',
        source: 'feedback',
      },
      {
        ...common,
        id: 'id-3',
        metric: 'rating',
        value: 4,
        inferenceId: 'i-1',
        source: 'feedback',
        at: '2026-01-09T00:00:00.000Z',
      },
    ]);
    expect(client.stats().delivered).toEqual({ accepted: 4, duplicates: 0, rejected: 0 });
  });

  it.each<[string, object]>([
    ['metric is missing', { unit: 'u' }],
    ['metric is not a text', { metric: '', unit: 'u' }],
    ['value is not a number', { metric: 'm', unit: 'u', value: NaN }],
    ['value is not a number', { metric: 'm', unit: 'u', value: '1' }],
    ['say whom', { metric: 'm' }],
    ['a unit is a text', { metric: 'm', unit: '' }],
    ['a unit is a text', { metric: 'm', unit: {} }],
    ['a unit is a text', { metric: 'm', unit: 'half \ud800' }],
    ['a unit is a text', { metric: 'm', unit: '\u{1F600}'.repeat(257) }],
    ['at is not a time', { metric: 'm', unit: 'u', at: 'yesterday' }],
    ['comment is not a text', { metric: 'm', unit: 'u', comment: 'nul \u0000' }],
  ])('refuses what the edge would refuse: %s', async (words, outcome) => {
    const { make, errors } = aWorld();
    expect(make().outcome(outcome as never)).toBe(false);
    expect(errors).toEqual([
      expect.objectContaining({ code: 'EVENT_INVALID', message: expect.stringContaining(words) }),
    ]);
  });

  it('takes an id of as many characters as the edge takes, whatever UTF-16 makes of them', () => {
    const { make, errors } = aWorld();
    expect(make().outcome({ metric: 'm', value: 1, unit: '\u{1F600}'.repeat(256) })).toBe(true);
    expect(errors).toEqual([]);
  });

  it('refuses feedback that is neither or both', () => {
    const { make, codes } = aWorld();
    expect(make().feedback({ unit: 'u', task: 'reply' })).toBe(false);
    expect(make().feedback({ unit: 'u', thumb: 'up', rating: 1 })).toBe(false);
    expect(codes()).toEqual(['EVENT_INVALID', 'EVENT_INVALID']);
  });
});

describe('whatever goes wrong', () => {
  it('throws nothing at the caller', async () => {
    const { errors, make } = aWorld();
    const hostile = {
      get toString(): never {
        throw new Error('boo');
      },
    };
    for (const options of [undefined, null, 5, {}, { url: 'nonsense', key: 'k' }, { url: 'http://x' }]) {
      const client = createContender({
        ...(options as object),
        onError: (error: ContenderError) => errors.push(error),
      } as never);
      expect(client.assign('reply', 'u')).toMatchObject({ reason: 'ERROR', model: null });
      expect(client.assignAll('u').get('reply')).toMatchObject({ reason: 'ERROR', model: null });
      expect(client.outcome(undefined as never)).toBe(false);
      expect(client.feedback(null as never)).toBe(false);
      expect(await client.ready({ timeoutMs: 1 })).toBe(false);
      expect(await client.refresh()).toBe(false);
      await client.flush();
      await client.close();
    }
    expect(new Set(errors.map(({ code }) => code))).toEqual(
      new Set(['OPTIONS_INVALID', 'NOT_READY', 'EVENT_INVALID']),
    );
    const client = make();
    await client.ready();
    client.assign(hostile as never, 'u');
    client.assign('reply', hostile as never, hostile as never);
    client.expose(null as never, 'u');
    client.track(hostile as never, hostile as never);
  });

  it('does not let a hook that throws through', () => {
    const client = createContender({
      onError: () => {
        throw new Error('boo');
      },
    });
    expect(client.assign('reply', 'u').reason).toBe('ERROR');
  });

  it('says it on the console once a minute where nobody listens', () => {
    const said = jest.spyOn(console, 'error').mockReturnValue();
    const { make } = aWorld();
    const client = make({ onError: undefined, url: undefined });
    for (let n = 0; n < 100; n += 1) client.assign('reply', 'u');
    expect(said).toHaveBeenCalledTimes(2);
    expect(said.mock.calls.join()).not.toContain(OPTIONS.key);
    said.mockRestore();
  });

  it('counts as no outage of the ruleset when only the events fail', async () => {
    const { platform, make, codes } = aWorld();
    const client = make();
    await client.ready();
    platform.answers.delete(EVENTS);
    client.assign('reply', 'ada');
    await platform.pass(30_000);
    expect(new Set(codes())).toEqual(new Set(['EVENTS_UNDELIVERED']));
    expect(client.stats()).toMatchObject({ stale: false, waiting: { exposures: 1, outcomes: 0 } });
    expect(platform.count(RULESET)).toBeGreaterThan(1);
  });
});
