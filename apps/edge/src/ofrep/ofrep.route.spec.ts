import type { Assigner } from '../assignments/assigner.js';
import { EdgeError } from '../http/edge-error.js';
import { StreamTickets } from '../stream/stream-tickets.js';
import { OfrepBulkRoute, OfrepFlagRoute } from './ofrep.route.js';

const assigner = {} as Assigner;

describe('a refusal over OFREP', () => {
  it.each([
    ['VALIDATION_FAILED', 400, 'INVALID_CONTEXT'],
    ['BODY_NOT_JSON', 400, 'PARSE_ERROR'],
    ['BODY_INCOMPLETE', 400, 'PARSE_ERROR'],
    ['INTERNAL', 500, 'GENERAL'],
  ] as const)('says %s as %d %s, with the key of the flag where there is one', (code, status, errorCode) => {
    const error = new EdgeError(code, 'why');
    const single = new OfrepFlagRoute(assigner).refusal(error, 'a%20task');
    const bulk = new OfrepBulkRoute(assigner, new StreamTickets()).refusal(error);
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
