import { integrityReport } from './integrity-report.js';

describe('the integrity of a look', () => {
  it('is told in the same words whatever the order in which arms were written down', () => {
    const told = (units: Record<string, number>, weights: Record<string, number>) =>
      integrityReport({
        epochs: [{ number: 1, units, weights }],
        crossing: { units: 0, exposed: 3_000 },
        previousSrmP: 1,
      }).reasons;
    const one = told({ b: 500, a: 1_500, c: 1_000 }, { b: 1, a: 1, c: 1 });
    expect(one.map(({ code }) => code)).toEqual(['SRM']);
    expect(one[0]!.message).toContain('(a 1500, b 500, c 1000;');
    expect(told({ a: 1_500, b: 500, c: 1_000 }, { a: 1, b: 1, c: 1 })).toEqual(one);
  });
});
