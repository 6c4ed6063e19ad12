import type { HashScheme, Ruleset } from '@app/bucketing';
import { aRuleset, EdgeWorld, until } from './support/edge-world.js';
import { listenTo } from './support/event-stream.js';

const ROLLOUT = '0190a0c0-0000-7000-8000-000000000009';

/** `reply` by `native-v1`, and tasks of the schemes whose SDKs evaluate on their own. */
function threeSchemes(version: number, champion = 'old@1', names = ['toggle', 'feature']): Ruleset {
  const ruleset = aRuleset(version);
  const reply = ruleset.tasks.reply!;
  const task = (key: string, hashScheme: HashScheme) => ({
    ...reply,
    key,
    hashScheme,
    champion,
    positionSalt: `task:${key}:position`,
    experiments: reply.experiments.map((one) => ({
      ...one,
      key: `trial-of-${key}`,
      overrides: { 'qa-1': 'b' },
    })),
  });
  const more = names.map((key) => task(key, key.startsWith('toggle') ? 'unleash' : 'growthbook-v2'));
  return {
    ...ruleset,
    tasks: { ...ruleset.tasks, ...Object.fromEntries(more.map((one) => [one.key, one])) },
  };
}

interface Features {
  features: Array<{ name: string; strategies: unknown[] }>;
  omitted: Record<string, string>;
}

describe('payloads for SDKs that evaluate on their own', () => {
  let world: EdgeWorld;

  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${world.url}${path}`, { headers: { authorization: world.key, ...headers } });
  const keyId = () => /_([0-9a-f]{8})[0-9a-f]{40}$/.exec(world.key)![1]!;

  beforeAll(async () => {
    world = await EdgeWorld.create((version) => threeSchemes(version));
  });

  afterAll(() => world.destroy());

  describe('Unleash', () => {
    it('lists the tasks of its own scheme, and says of the others where they are answered', async () => {
      const answer = await get('/api/client/features');
      const body = (await answer.json()) as Features;
      expect(body.features.map(({ name }) => name)).toEqual(['toggle']);
      expect(body.features[0]).toMatchObject({ enabled: true, impressionData: true, project: 'default' });
      expect(body.omitted.reply).toContain('/api/frontend');
      const again = await get('/api/client/features', { 'if-none-match': answer.headers.get('etag')! });
      expect([again.status, await again.text()]).toEqual([304, '']);
    });

    it.each([
      ['namePrefix=tog', ['toggle']],
      ['namePrefix=other', []],
      ['project=default', ['toggle']],
      ['project=another', []],
      ['tag=simple:x', []],
    ])('narrows the list by %s', async (query, names) => {
      const body = (await (await get(`/api/client/features?${query}`)).json()) as Features;
      expect(body.features.map(({ name }) => name)).toEqual(names);
    });

    it('has each by its name, and refuses the others in words', async () => {
      expect(await (await get('/api/client/features/toggle')).json()).toMatchObject({ name: 'toggle' });
      const native = await get('/api/client/features/reply');
      expect([native.status, await native.json()]).toEqual([
        409,
        expect.objectContaining({
          code: 'SCHEME_NOT_LOCAL',
          detail: expect.stringContaining('/api/frontend'),
        }),
      ]);
      const unknown = await get('/api/client/features/nothing');
      expect([unknown.status, await unknown.json()]).toEqual([
        404,
        expect.objectContaining({ code: 'TASK_UNKNOWN' }),
      ]);
    });

    it('tells by delta and by stream what changed, and nothing where nothing did', async () => {
      const first = await get('/api/client/delta');
      const { events } = (await first.json()) as { events: Array<Record<string, unknown>> };
      expect(events).toEqual([
        expect.objectContaining({
          type: 'hydration',
          segments: [],
          features: [expect.objectContaining({ name: 'toggle' })],
        }),
      ]);
      const held = first.headers.get('etag')!;
      expect((await get('/api/client/delta', { 'if-none-match': held })).status).toBe(304);

      const stream = listenTo(`${world.url}/api/client/streaming`, { authorization: world.key });
      await until(
        () => Promise.resolve(stream.events.length),
        (count) => count === 1,
      );
      expect(stream.events[0]).toEqual({ event: 'unleash-connected', data: { events } });

      // The rules change, the features do not.
      const version = await world.publish((next) => threeSchemes(next));
      await until(
        async () => ((await (await get('/api/v1/ruleset')).json()) as Ruleset).version,
        (served) => served === version,
      );
      expect((await get('/api/client/delta', { 'if-none-match': held })).status).toBe(304);

      await world.publish((next) => threeSchemes(next, 'new@1', ['toggle-2', 'toggle', 'feature']));
      const changed = await until(
        () => get('/api/client/delta', { 'if-none-match': held }),
        ({ status }) => status === 200,
      );
      const delta = (await changed.json()) as { events: Array<{ type: string; feature?: { name: string } }> };
      expect(delta.events.map(({ type, feature }) => [type, feature?.name])).toEqual([
        ['feature-updated', 'toggle-2'],
        ['feature-updated', 'toggle'],
      ]);
      await world.publish((next) => threeSchemes(next, 'new@1'));
      await until(
        () => Promise.resolve(stream.events.length),
        (count) => count === 3,
      );
      expect(stream.events.slice(1)).toEqual([
        { event: 'unleash-updated', data: delta },
        {
          event: 'unleash-updated',
          data: { events: [expect.objectContaining({ type: 'feature-removed', featureName: 'toggle-2' })] },
        },
      ]);
      stream.close();
      const stranger = await get('/api/client/delta', { 'if-none-match': '"made-up"' });
      expect(((await stranger.json()) as typeof delta).events[0]!.type).toBe('hydration');
    });
  });

  describe('GrowthBook', () => {
    it('lists the tasks of its own scheme, and says of the others where they are answered', async () => {
      const answer = await get(`/api/features/${keyId()}`);
      expect(answer.headers.get('x-sse-support')).toBe('enabled');
      const body = (await answer.json()) as {
        features: Record<string, unknown>;
        omitted: Record<string, string>;
      };
      expect(Object.keys(body.features)).toEqual(['feature']);
      expect(body.omitted.reply).toContain('/api/eval/');
      const etag = answer.headers.get('etag')!;
      expect((await get(`/api/features/${keyId()}`, { 'if-none-match': etag })).status).toBe(304);
    });

    it('evaluates every scheme here, with a track for each arm', async () => {
      const asked = await world.send('/api/v1/assignments', { unit: 'u-7', expose: false });
      const { assignments } = (await asked.json()) as {
        assignments: Array<{ task: string; variant: string }>;
      };
      const answer = await world.send(`/api/eval/${keyId()}`, { attributes: { id: 'u-7' } });
      const { features } = (await answer.json()) as {
        features: Record<string, { defaultValue: { variant: string }; rules: Array<{ tracks: unknown[] }> }>;
      };
      expect(Object.keys(features).sort()).toEqual(['feature', 'reply', 'toggle']);
      for (const { task, variant } of assignments) {
        expect(features[task]!.defaultValue).toMatchObject({ variant, source: 'experiment' });
        expect(features[task]!.rules[0]!.tracks).toEqual([
          expect.objectContaining({ result: expect.objectContaining({ key: variant, hashValue: 'u-7' }) }),
        ]);
      }
      const anonymous = await world.send(`/api/eval/${keyId()}`, { attributes: {} });
      const { features: champions } = (await anonymous.json()) as typeof answer & {
        features: typeof features;
      };
      expect(champions.reply).toEqual({ defaultValue: expect.objectContaining({ variant: 'champion' }) });
      expect(await world.stored('u-7')).toEqual([]);
    });

    it('tracks a rollout apart from the experiment whose key it has, whoever evaluates', async () => {
      const rolledOut = (version: number): Ruleset => {
        const ruleset = threeSchemes(version);
        const { feature } = ruleset.tasks;
        const { key } = feature!.experiments[0]!;
        const salt = `rollout:${key}:position`;
        const arms = { share: 0.5, controlShare: 0.5, challenger: 'new@1', champion: 'old@1' };
        const rollout = {
          id: ROLLOUT,
          key,
          salt,
          epoch: 1,
          stage: 1,
          ...arms,
          audience: null,
          carried: null,
        };
        return {
          ...ruleset,
          tasks: { ...ruleset.tasks, feature: { ...feature!, experiments: [], rollout } },
        };
      };
      const version = await world.publish(rolledOut);
      await until(
        async () => ((await (await get('/api/v1/ruleset')).json()) as Ruleset).version,
        (served) => served === version,
      );
      const local = (await (await get(`/api/features/${keyId()}`)).json()) as {
        features: Record<string, { rules: Array<{ key: string }> }>;
      };
      expect(local.features.feature!.rules.map((rule) => rule.key)).toEqual(['rollout:trial-of-feature']);
      const remote = (await (
        await world.send(`/api/eval/${keyId()}`, { attributes: { id: 'u-7' } })
      ).json()) as { features: Record<string, { rules: Array<{ tracks: unknown[] }> }> };
      expect(remote.features.feature!.rules[0]!.tracks).toEqual([
        {
          experiment: expect.objectContaining({ key: 'rollout:trial-of-feature' }),
          result: expect.objectContaining({
            featureId: 'feature',
            value: expect.objectContaining({ rollout: 'trial-of-feature' }),
          }),
        },
      ]);
      await world.publish((next) => threeSchemes(next));
    });

    it('takes the whole key in the address, or its id with the key in a header, and nothing less', async () => {
      const bare = async (clientKey: string, headers = {}) =>
        (await fetch(`${world.url}/api/features/${clientKey}`, { headers })).status;
      expect(await bare(world.key)).toBe(200);
      expect(await bare(keyId(), { 'x-api-key': world.key })).toBe(200);
      expect(await bare(keyId())).toBe(401);
      expect(await bare('00000000', { 'x-api-key': world.key })).toBe(401);
      expect(await bare(`${world.key.slice(0, -4)}0000`)).toBe(401);
      const other = await world.createKey();
      expect(await bare(keyId(), { authorization: `Bearer ${other}` })).toBe(401);
    });

    it('tells listeners that features were updated, in words that overwrite nobody’s', async () => {
      // Its id is enough: an EventSource sends no header, and hears only that something changed.
      const stream = listenTo(`${world.url}/sub/${keyId()}`);
      await until(stream.status, (status) => status === 200);
      expect((await fetch(`${world.url}/sub/00000000`)).status).toBe(401);
      await world.publish((next) => threeSchemes(next));
      await until(
        () => Promise.resolve(stream.events.length),
        (count) => count > 0,
      );
      expect(stream.events).toEqual([
        { event: 'features-updated', data: { dateUpdated: '2026-01-01T00:00:00.000Z' } },
      ]);
      stream.close();
    });

    it('refuses what is no context', async () => {
      const answer = await world.send(`/api/eval/${keyId()}`, { attributes: 'me' });
      expect([answer.status, await answer.json()]).toEqual([
        400,
        expect.objectContaining({ code: 'VALIDATION_FAILED', detail: 'attributes must be object' }),
      ]);
    });
  });
});
