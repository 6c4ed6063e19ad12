import { compareSemver, parseSemver } from './semver.js';

/** The orders that semver.org/spec/v2.0.0 §11 gives as examples, and the edges of its grammar. */
const ASCENDING = [
  '0.0.0-0',
  '0.9.10',
  '0.10.0',
  '1.0.0-0',
  '1.0.0-2',
  '1.0.0-11',
  '1.0.0-99999999999999999999',
  '1.0.0-100000000000000000000',
  '1.0.0--',
  '1.0.0-0a',
  '1.0.0-A',
  '1.0.0-alpha',
  '1.0.0-alpha.1',
  '1.0.0-alpha.beta',
  '1.0.0-beta',
  '1.0.0-beta.2',
  '1.0.0-beta.11',
  '1.0.0-rc.1',
  '1.0.0-rc-1',
  '1.0.0',
  '2.0.0',
  '2.1.0',
  '2.1.1',
  '10.0.0',
];

describe('semantic versions', () => {
  it('order as the specification says, each before all that follow', () => {
    const versions = ASCENDING.map((text) => parseSemver(text)!);
    versions.forEach((a, i) =>
      versions.forEach((b, j) => {
        const sign = Math.sign(compareSemver(a, b));
        expect([ASCENDING[i], ASCENDING[j], sign]).toEqual([ASCENDING[i], ASCENDING[j], Math.sign(i - j)]);
      }),
    );
  });

  it('are equal whatever their build', () => {
    expect(compareSemver(parseSemver('1.2.3-a+x.1')!, parseSemver('1.2.3-a+y')!)).toBe(0);
  });

  it.each([
    '',
    '1',
    '1.2',
    'v1.2.3',
    ' 1.2.3',
    '1.2.3 ',
    '01.2.3',
    '1.2.03',
    '1.2.3-01',
    '1.2.3-',
    '1.2.3-a..b',
    '1.2.3+',
    '1.2.3.4',
    '1.2.99999999999999999999',
    `1.2.3-${'a'.repeat(300)}`,
  ])('does not take "%s" for one', (text) => {
    expect(parseSemver(text)).toBeNull();
  });
});
