import { compilePattern, patternProblem } from './pattern.js';
import { MAX_MATCHED_LENGTH } from './condition.js';

/** Patterns that take a backtracking engine longer than the age of the universe, each with a text that does it. */
const TRAPS: ReadonlyArray<[pattern: string, unit: string, end: string]> = [
  ['(a+)+$', 'a', '!'],
  ['^(a|aa)+$', 'a', '!'],
  ['^(a|a?)+$', 'a', '!'],
  ['(.*)*x', 'a', '!'],
  ['^(([a-z])+.)+[A-Z]([a-z])+$', 'a', '!'],
  ['(x+x+)+y', 'x', ''],
  ['^(\\w+\\s?)*$', 'aa ', '!'],
  ['(a?){50}a{50}b', 'a', ''],
];

describe('patterns', () => {
  it.each(TRAPS)('%s answers within the longest text that is looked at', (pattern, unit, end) => {
    const text = unit.repeat(Math.floor((MAX_MATCHED_LENGTH - 1) / unit.length)) + end;
    expect(compilePattern(pattern)(text)).toBe(false);
  });

  it.each<[string, string, boolean, boolean]>([
    ['^pro', 'pro-1', false, true],
    ['^pro', 'a pro', false, false],
    ['pro', 'a pro', false, true],
    ['pro$', 'PRO', true, true],
    ['pro$', 'PRO', false, false],
    ['^[\\w.]+@example\\.(com|org)$', 'ada.l@example.org', false, true],
    ['^[\\w.]+@example\\.(com|org)$', 'ada@example.net', false, false],
    ['^\\p{Greek}+$', 'αβγ', false, true],
    ['^.$', '😀', false, true],
    ['(?i)straße', 'STRAßE', false, true],
  ])('%s finds what it should in "%s"', (pattern, text, ignoreCase, expected) => {
    expect(compilePattern(pattern, ignoreCase)(text)).toBe(expected);
  });

  it.each(['(', '[a', 'a**', '(?=a)', '(?<!a)b', '(a)\\1', 'a{1001}', '((a{100}){100}){100}', '\\'])(
    'says what is wrong with %s',
    (pattern) => {
      expect(patternProblem(pattern)).toMatch(/\w/);
      expect(() => compilePattern(pattern)).toThrow();
    },
  );

  it('keeps no more compiled patterns than it says, and compiles a forgotten one again', () => {
    const first = compilePattern('^first$');
    for (let n = 0; n < 1100; n += 1) compilePattern(`^x${n}$`);
    expect(compilePattern('^first$')).not.toBe(first);
    expect(compilePattern('^first$')('first')).toBe(true);
  });
});
