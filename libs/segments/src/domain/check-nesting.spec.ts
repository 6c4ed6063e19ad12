import type { Condition, Segments } from '@app/bucketing';
import { checkNesting } from './check-nesting.js';

const pro: Condition = { attribute: 'plan', operator: 'equals', value: 'pro' };
const segment = (key: string): Condition => ({ segment: key });
const check = (condition: Condition, segments: Segments) => () => checkNesting(condition, segments);
const refused = (code: string) => expect.objectContaining({ code });

describe('the segments a condition rests on', () => {
  it('may rest on others, and meet again', () => {
    const segments = { a: { any: [segment('b'), segment('c')] }, b: segment('d'), c: segment('d'), d: pro };
    expect(check({ not: segment('a') }, segments)).not.toThrow();
  });

  it('must all be there, however far behind', () => {
    expect(check({ all: [pro, segment('a')] }, { a: segment('gone') })).toThrow(refused('SEGMENT_UNKNOWN'));
  });

  it('must not end up in themselves', () => {
    expect(check(segment('a'), { a: segment('b'), b: { not: segment('a') } })).toThrow(
      refused('SEGMENT_NESTING'),
    );
  });

  it('must not be a chain that evaluation does not follow', () => {
    const chain = Object.fromEntries(
      Array.from({ length: 40 }, (_, at) => [`s${at}`, at === 39 ? pro : segment(`s${at + 1}`)]),
    );
    expect(check(segment('s0'), chain)).toThrow(refused('SEGMENT_NESTING'));
  });
});
