import { request } from 'node:http';
import type { OfrepBulkResponse, OfrepEvaluation } from '@app/wire';
import { aRuleset, EdgeWorld, until } from './support/edge-world.js';

const FLAGS = '/ofrep/v1/evaluate/flags';

/** Data of the events a stream sends, as they come. */
function listen(url: string, headers: Record<string, string> = {}) {
  const events: Array<Record<string, unknown>> = [];
  let status = 0;
  const asked = request(url, { headers }, (answer) => {
    status = answer.statusCode ?? 0;
    answer.setEncoding('utf8').on('data', (text: string) => {
      for (const [, data] of text.matchAll(/^data: (.*)$/gm)) events.push(JSON.parse(data!));
    });
    answer.on('error', () => undefined);
  });
  asked.on('error', () => undefined);
  asked.end();
  return { events, status: () => Promise.resolve(status), close: () => asked.destroy() };
}

describe('OFREP', () => {
  let world: EdgeWorld;

  const evaluate = async (key: string, context: unknown, more = '') => {
    const answer = await world.send(`${FLAGS}/${key}${more}`, { context });
    return { status: answer.status, body: (await answer.json()) as OfrepEvaluation & { errorCode?: string } };
  };
  const bulk = (context: unknown, headers = {}) => world.send(FLAGS, { context }, headers);

  beforeAll(async () => {
    world = await EdgeWorld.create();
  });

  afterAll(() => world.destroy());

  it('evaluates one task as the assignments call does, and exposes the unit', async () => {
    const { status, body } = await evaluate('reply', { targetingKey: 'ofrep-1', plan: 'pro' });
    const { assignments } = (await (
      await world.send('/api/v1/assignments', { unit: 'ofrep-1', tasks: ['reply'], expose: false })
    ).json()) as { assignments: Array<{ variant: string; model: { key: string; version: number } }> };
    const { variant, model } = assignments[0]!;
    expect(status).toBe(200);
    expect(body).toMatchObject({
      key: 'reply',
      value: `${model.key}@${model.version}`,
      reason: 'SPLIT',
      variant,
      metadata: { model: model.key, experiment: 'tone', propensity: 0.5, contenderReason: 'SPLIT' },
    });
    await until(
      () => world.stored('ofrep-1'),
      (rows) => rows.length === 1,
    );
  });

  it('exposes nobody when told not to, or when asked for everything', async () => {
    await evaluate('reply', { targetingKey: 'ofrep-2' }, '?expose=false');
    await bulk({ targetingKey: 'ofrep-2' });
    await evaluate('reply', { targetingKey: 'ofrep-3' });
    await until(
      () => world.stored('ofrep-3'),
      (rows) => rows.length === 1,
    );
    expect(await world.stored('ofrep-2')).toEqual([]);
  });

  it('takes the unit of the type of the task, and ignores what is no attribute', async () => {
    const { body } = await evaluate('reply', {
      units: { user: 'ofrep-4' },
      nested: { deep: true },
      long: 'x'.repeat(5000),
      when: null,
    });
    const direct = await evaluate('reply', { targetingKey: 'ofrep-4' });
    expect(body.variant).toBe(direct.body.variant);
  });

  it.each<[string, string, unknown, number, string]>([
    ['an unknown task', 'nothing', { targetingKey: 'u' }, 404, 'FLAG_NOT_FOUND'],
    ['no unit', 'reply', {}, 400, 'TARGETING_KEY_MISSING'],
    ['a unit that is no text', 'reply', { targetingKey: 5 }, 400, 'INVALID_CONTEXT'],
    ['a context that is none', 'reply', 'me', 400, 'INVALID_CONTEXT'],
  ])('has the protocol’s own words for %s', async (_what, key, context, status, errorCode) => {
    const answer = await evaluate(key, context);
    expect([answer.status, answer.body]).toEqual([status, expect.objectContaining({ key, errorCode })]);
  });

  it('has them for a body that is not JSON, and for all tasks at once', async () => {
    const broken = await world.send(`${FLAGS}/reply`, '{"context":');
    expect([broken.status, await broken.json()]).toEqual([
      400,
      expect.objectContaining({ key: 'reply', errorCode: 'PARSE_ERROR' }),
    ]);
    const anonymous = await bulk({ plan: 'pro' });
    expect([anonymous.status, await anonymous.json()]).toEqual([
      400,
      expect.objectContaining({ errorCode: 'TARGETING_KEY_MISSING' }),
    ]);
  });

  it('takes a key in either header, and no other', async () => {
    const asked = (headers: Record<string, string>) =>
      fetch(`${world.url}${FLAGS}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ context: { targetingKey: 'u' } }),
      });
    expect((await asked({ 'x-api-key': world.key })).status).toBe(200);
    expect((await asked({ authorization: `Bearer ${world.key}` })).status).toBe(200);
    expect((await asked({ 'x-api-key': 'ck_made_up' })).status).toBe(401);
    expect((await asked({})).status).toBe(401);
  });

  it('never takes one context’s answers for another’s', async () => {
    const first = await bulk({ targetingKey: 'u1', plan: 'pro' });
    const etag = first.headers.get('etag')!;
    const asked = (context: unknown) => bulk(context, { 'if-none-match': etag });
    expect((await asked({ targetingKey: 'u1', plan: 'pro' })).status).toBe(304);
    expect((await asked({ targetingKey: 'u2', plan: 'pro' })).status).toBe(200);
    expect((await asked({ targetingKey: 'u1', plan: 'free' })).status).toBe(200);
    await world.publish((next) => aRuleset(next, { champion: 'new@1' }));
    await until(
      () => asked({ targetingKey: 'u1', plan: 'pro' }),
      ({ status }) => status === 200,
    );
  });

  it('tells of new rules on the stream that an evaluation names, and to SDKs', async () => {
    const answer = (await (await bulk({ targetingKey: 'u1' })).json()) as OfrepBulkResponse;
    const [named] = answer.eventStreams;
    const provider = listen(`${world.url}${named!.endpoint.requestUri}`);
    const sdk = listen(`${world.url}/api/v1/ruleset/stream`, { authorization: `Bearer ${world.key}` });
    await until(sdk.status, (status) => status === 200);
    await until(provider.status, (status) => status === 200);
    await until(
      () => Promise.resolve(sdk.events.length),
      (count) => count === 1,
    );
    expect(provider.events).toEqual([]);
    const version = await world.publish((next) => aRuleset(next));
    await until(
      () => Promise.resolve([provider.events.length, sdk.events.length]),
      ([one, two]) => one === 1 && two === 2,
    );
    expect(provider.events[0]).toMatchObject({ type: 'refetchEvaluation' });
    expect(sdk.events[1]).toMatchObject({ version, etag: provider.events[0]!.etag });
    provider.close();
    sdk.close();
    const stranger = await fetch(`${world.url}/ofrep/v1/stream?ticket=made.up`);
    expect(stranger.status).toBe(401);
  });
});
