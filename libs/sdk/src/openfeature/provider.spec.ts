import { OpenFeature, ProviderEvents, ProviderStatus } from '@openfeature/server-sdk';
import { aRuleset, OPTIONS, RULESET } from '../testing/edge.js';
import { settled } from '../testing/fake-platform.js';
import { aWorld } from '../testing/world.js';
import { ContenderProvider } from './index.js';

async function anOpenFeature() {
  const world = aWorld();
  const provider = new ContenderProvider(world.make());
  await OpenFeature.setProviderAndWait(provider);
  return { ...world, provider, client: OpenFeature.getClient() };
}

const context = { targetingKey: 'ada', plan: 'pro' };

describe('the OpenFeature provider', () => {
  beforeEach(() => jest.spyOn(console, 'error').mockReturnValue());
  afterEach(async () => {
    await OpenFeature.close();
    jest.restoreAllMocks();
  });

  it('answers a task as a string and as an object, and exposes it once', async () => {
    const { client, provider, edge } = await anOpenFeature();
    const { variant, model } = provider.client.assign('reply', 'ada', undefined, { expose: false });
    expect(await client.getStringDetails('reply', 'mine', context)).toEqual({
      flagKey: 'reply',
      value: `${model!.key}@1`,
      variant,
      reason: 'SPLIT',
      flagMetadata: {
        model: model!.key,
        modelVersion: 1,
        provider: 'openai',
        modelName: model!.name,
        parameters: '{"temperature":0}',
        source: 'experiment',
        contenderReason: 'SPLIT',
        experiment: 'tone',
        propensity: 0.5,
      },
    });
    expect(await client.getObjectValue('reply', {}, context)).toEqual(model);
    await provider.client.flush();
    expect(edge.of('exposure')).toEqual([
      expect.objectContaining({ unit: 'ada', variant, attributes: { plan: 'pro' } }),
    ]);
  });

  it('decides by everything that is said, though an exposure cannot carry all of it', async () => {
    const { client, provider, edge } = await anOpenFeature();
    // 16 times 1,024 characters are all that an event may carry.
    const many = Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`t${i + 10}`, 'x'.repeat(1021)]));
    const { tasks } = edge.ruleset;
    const [tone] = tasks.reply!.experiments;
    const audience = { attribute: 'plan', operator: 'equals' as const, value: 'pro' };
    edge.ruleset = aRuleset(2, {
      tasks: { ...tasks, reply: { ...tasks.reply!, experiments: [{ ...tone!, audience }] } },
    });
    await provider.client.refresh();
    const asked = { targetingKey: 'ada', ...many, plan: 'pro' };
    expect((await client.getStringDetails('reply', '', asked)).reason).toBe('SPLIT');
    await provider.client.flush();
    const [{ attributes } = { attributes: {} }] = edge.of('exposure') as Array<{ attributes: object }>;
    expect(JSON.stringify(attributes).length).toBeLessThan(17_000);
  });

  it('takes the unit of the type of the task, else the targeting key', async () => {
    const { client, provider } = await anOpenFeature();
    const of = (conversation: string) =>
      provider.client.assign('chat', conversation, undefined, { expose: false });
    const units = { user: 'ada', conversation: 'c-1' };
    expect((await client.getStringDetails('chat', '', { ...context, units })).variant).toBe(
      of('c-1').variant,
    );
    expect(
      (await client.getStringDetails('chat', '', { targetingKey: 'c-9', units: { user: 'ada' } })).variant,
    ).toBe(of('c-9').variant);
    expect(await client.getStringDetails('chat', 'mine', { units: { user: 'ada' } })).toMatchObject({
      value: 'mine',
      errorCode: 'TARGETING_KEY_MISSING',
    });
  });

  it('says what it has no answer to, and answers the default then', async () => {
    const { client } = await anOpenFeature();
    const failures = [
      await client.getStringDetails('nothing', 'mine', context),
      await client.getStringDetails('reply', 'mine', {}),
      await client.getBooleanDetails('reply', true, context),
      await client.getNumberDetails('reply', 7, context),
    ];
    expect(failures.map(({ value, reason, errorCode }) => [value, reason, errorCode])).toEqual([
      ['mine', 'ERROR', 'FLAG_NOT_FOUND'],
      ['mine', 'ERROR', 'TARGETING_KEY_MISSING'],
      [true, 'ERROR', 'TYPE_MISMATCH'],
      [7, 'ERROR', 'TYPE_MISMATCH'],
    ]);
  });

  it('makes outcomes of tracked events', async () => {
    const { client, provider, edge } = await anOpenFeature();
    client.track('quality', context, { value: 0.9, task: 'reply', evaluator: 'judge', other: 1 });
    client.track('seen', { units: { conversation: 'c-1' } });
    client.track('nobody');
    await provider.client.flush();
    expect(edge.of('outcome')).toEqual([
      expect.objectContaining({
        metric: 'quality',
        unit: 'ada',
        value: 0.9,
        task: 'reply',
        evaluator: 'judge',
      }),
      expect.objectContaining({ metric: 'seen', units: { conversation: 'c-1' } }),
    ]);
  });

  it('tells of new rules, of staleness, and of being ready again', async () => {
    const { client, edge, platform } = await anOpenFeature();
    const told: string[] = [];
    for (const event of [ProviderEvents.ConfigurationChanged, ProviderEvents.Stale, ProviderEvents.Ready]) {
      client.addHandler(event, () => void told.push(event));
    }
    await settled();
    told.length = 0;
    edge.publish(aRuleset(2));
    await platform.pass(0);
    const answer = platform.answers.get(RULESET)!;
    platform.answers.delete(RULESET);
    await platform.pass(70_000);
    expect(client.providerStatus).toBe(ProviderStatus.STALE);
    expect(await client.getStringDetails('menu', 'mine', context)).toMatchObject({
      value: 'old@1',
      reason: 'STALE',
    });
    platform.answers.set(RULESET, answer);
    await platform.pass(31_000);
    expect(told).toEqual([ProviderEvents.ConfigurationChanged, ProviderEvents.Stale, ProviderEvents.Ready]);
    expect(client.providerStatus).toBe(ProviderStatus.READY);
  });

  it('is not ready without rules, and ready once they come', async () => {
    const world = aWorld();
    const answer = world.platform.answers.get(RULESET)!;
    world.platform.answers.delete(RULESET);
    const options = { ...OPTIONS, platform: world.platform, onError: () => undefined };
    const provider = new ContenderProvider(options);
    const setting = expect(OpenFeature.setProviderAndWait(provider)).rejects.toThrow('no ruleset yet');
    await world.platform.pass(5000);
    await setting;
    const client = OpenFeature.getClient();
    expect(await client.getStringDetails('reply', 'mine', context)).toMatchObject({
      value: 'mine',
      reason: 'ERROR',
    });
    world.platform.answers.set(RULESET, answer);
    await world.platform.pass(31_000);
    expect(client.providerStatus).toBe(ProviderStatus.READY);
    expect((await client.getStringDetails('reply', 'mine', context)).reason).toBe('SPLIT');
  });
});
