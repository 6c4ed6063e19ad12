import type { Condition } from './condition.js';
import { matches } from './matches.js';
import { namedSegments, segmentProblem, segmentsBehind, type Segments } from './segments.js';

const is = (attribute: string, value: string): Condition => ({ attribute, operator: 'equals', value });
const segments: Segments = {
  german: is('country', 'DE'),
  austrian: is('country', 'AT'),
  dach: { any: [{ segment: 'german' }, { segment: 'austrian' }, is('country', 'CH')] },
  lonely: { not: { segment: 'lonely' } },
  hen: { all: [{ segment: 'egg' }] },
  egg: { any: [{ segment: 'hen' }] },
  broken: { segment: 'gone' },
};

describe('segments', () => {
  it('stand for their condition wherever they are named, also in each other', () => {
    const audience: Condition = { all: [{ segment: 'dach' }, { not: { segment: 'german' } }] };
    expect(matches(audience, { country: 'AT' }, segments)).toBe(true);
    expect(matches(audience, { country: 'CH' }, segments)).toBe(true);
    expect(matches(audience, { country: 'DE' }, segments)).toBe(false);
    expect(matches(audience, {}, segments)).toBe(false);
  });

  it('are listed once each, and with all that is behind them', () => {
    const twice: Condition = {
      all: [{ segment: 'dach' }, { any: [{ not: { segment: 'dach' } }] }, is('a', 'b')],
    };
    expect(namedSegments(twice)).toEqual(['dach']);
    expect([...segmentsBehind(twice, segments)].sort()).toEqual(['austrian', 'dach', 'german']);
    expect([...segmentsBehind({ segment: 'hen' }, segments)].sort()).toEqual(['egg', 'hen']);
  });

  it.each<[string, string]>([
    ['lonely', '"lonely" contains itself: lonely → lonely'],
    ['hen', '"hen" contains itself: hen → egg → hen'],
    ['broken', '"gone" is not known'],
    ['toString', '"toString" is not known'],
  ])('finds what is wrong with %s, and nobody is in it', (segment, problem) => {
    expect(segmentProblem({ segment }, segments)).toContain(problem);
    expect(matches({ segment }, { country: 'DE' }, segments)).toBe(false);
    expect(matches({ not: { segment } }, { country: 'DE' }, segments)).toBe(false);
  });

  it('refuses chains that evaluation should not follow, also where two short ones meet', () => {
    const chain = (name: string, length: number, end: Condition): Segments =>
      Object.fromEntries(
        Array.from({ length }, (_, n) => [
          `${name}${n}`,
          n + 1 < length ? { segment: `${name}${n + 1}` } : end,
        ]),
      );
    const end = is('a', 'b');
    expect(segmentProblem({ segment: 'x0' }, chain('x', 16, end))).toBeNull();
    expect(segmentProblem({ segment: 'x0' }, chain('x', 17, end))).toContain('deeper than 16');
    const two = { ...chain('x', 10, end), ...chain('y', 10, { segment: 'x0' }) };
    expect(segmentProblem({ segment: 'x0' }, two)).toBeNull();
    expect(segmentProblem({ all: [{ segment: 'x0' }, { segment: 'y0' }] }, two)).toContain('deeper than 16');
    expect(segmentProblem({ all: [{ segment: 'y0' }, { segment: 'x0' }] }, two)).toContain('deeper than 16');
  });
});
