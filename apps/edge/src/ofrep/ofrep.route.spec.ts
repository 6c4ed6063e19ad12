import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { Assigner } from '../assignments/assigner.js';
import { EdgeError } from '../http/edge-error.js';
import { snapshotOf, tokensOf } from '../snapshot/snapshot.js';
import { aPublishedRuleset } from '../testing/edge.fixtures.js';
import { StreamTickets } from '../stream/stream-tickets.js';
import { OfrepBulkRoute, OfrepFlagRoute } from './ofrep.route.js';

const assigner = {} as Assigner;
const tokens = tokensOf('production', 'secret');
const nothingNewer = () => Promise.resolve(undefined);

describe('a refusal over OFREP', () => {
  it.each([
    ['VALIDATION_FAILED', 400, 'INVALID_CONTEXT'],
    ['BODY_NOT_JSON', 400, 'PARSE_ERROR'],
    ['BODY_INCOMPLETE', 400, 'PARSE_ERROR'],
    ['INTERNAL', 500, 'GENERAL'],
  ] as const)('says %s as %d %s, with the key of the flag where there is one', (code, status, errorCode) => {
    const error = new EdgeError(code, 'why');
    const single = new OfrepFlagRoute(assigner).refusal(error, 'a%20task');
    const bulk = new OfrepBulkRoute(assigner, new StreamTickets(), nothingNewer).refusal(error);
    expect([single?.status, JSON.parse(single!.body as string)]).toEqual([
      status,
      { key: 'a task', errorCode, errorDetails: 'why' },
    ]);
    expect([bulk?.status, JSON.parse(bulk!.body as string)]).toEqual([
      status,
      { errorCode, errorDetails: 'why' },
    ]);
  });

  it('leaves what the protocol has no words for as problem+json', () => {
    expect(new OfrepFlagRoute(assigner).refusal(new EdgeError('API_KEY_NOT_VALID', 'no'), 'a')).toBeNull();
  });
});

describe('an evaluation that a stream has asked for', () => {
  const held = snapshotOf({
    environment: 'production',
    version: 3,
    body: JSON.stringify(aPublishedRuleset(3)),
  });
  const newer = snapshotOf({
    environment: 'production',
    version: 4,
    body: JSON.stringify(aPublishedRuleset(4)),
  });

  const ask = async (query: string): Promise<{ version: number; looked: number }> => {
    let looked = 0;
    const answering = {
      isStale: () => false,
      assign: (_: unknown, { ruleset }: { ruleset: { version: number } }) => ({
        answers: [],
        rulesetVersion: ruleset.version,
      }),
    } as unknown as Assigner;
    const route = new OfrepBulkRoute(answering, new StreamTickets(), () => {
      looked += 1;
      return Promise.resolve(newer);
    });
    const request = Object.assign(Readable.from([Buffer.from('{"context":{"targetingKey":"u"}}')]), {
      url: `/ofrep/v1/evaluate/flags${query}`,
      headers: { 'content-type': 'application/json' },
    }) as unknown as IncomingMessage;
    const answer = await route.handle({
      request,
      environment: 'production',
      rest: '',
      snapshot: held,
      tokens,
    });
    const { metadata } = JSON.parse(String(answer.body)) as { metadata: { rulesetVersion: number } };
    return { version: metadata.rulesetVersion, looked };
  };

  it.each([
    ['', 3, 0],
    ['?flagConfigEtag=%223-abc%22&flagConfigLastModified=5', 3, 0],
    ['?flagConfigEtag=%224-def%22', 4, 1],
    ['?x=1&flagConfigEtag=4-def', 4, 1],
    ['?flagConfigEtag=somebody-elses', 3, 0],
  ])('%s is answered by version %d, after %d looks for newer rules', async (query, version, looked) => {
    expect(await ask(query)).toEqual({ version, looked });
  });
});
