import { rateGapLogE } from './rate-gap-e-process.js';

describe('the e-process of two rates', () => {
  const binomial = (x: number, n: number, q: number): number => {
    let choose = 1;
    for (let i = 0; i < x; i++) choose = (choose * (n - i)) / (i + 1);
    return choose * q ** x * (1 - q) ** (n - x);
  };

  it('has an expectation of at most 1 everywhere on the border of its null', () => {
    for (const [offset, slope] of [
      [0.05, 1],
      [0.1, 0.9],
      [0, 1.2],
    ] as const) {
      for (const control of [0.01, 0.1, 0.4, 0.7]) {
        let expectation = 0;
        for (let xt = 0; xt <= 6; xt++) {
          for (let xc = 0; xc <= 25; xc++) {
            const logE = rateGapLogE(
              { treatmentEvents: xt, treatmentUnits: 6, controlEvents: xc, controlUnits: 25 },
              { offset, slope },
            );
            expectation +=
              binomial(xt, 6, offset + slope * control) * binomial(xc, 25, control) * Math.exp(logE);
          }
        }
        expect(expectation).toBeLessThanOrEqual(1);
      }
    }
  });

  it('divides by the largest likelihood of the null, as a search over a grid finds it', () => {
    const counts = { treatmentEvents: 9, treatmentUnits: 12, controlEvents: 20, controlUnits: 200 };
    const log = (x: number, n: number, q: number) => x * Math.log(q) + (n - x) * Math.log(1 - q);
    let best = -Infinity;
    for (let q = 0.0005; q < 0.95; q += 0.0005) best = Math.max(best, log(9, 12, q + 0.05) + log(20, 200, q));
    const free = rateGapLogE(counts, { offset: 1, slope: 1 });
    const bound = log(9, 12, 0.75) + log(20, 200, 0.1);
    expect(rateGapLogE(counts, { offset: 0.05, slope: 1 })).toBeCloseTo(free + bound - best, 4);
  });

  it('says nothing without units in both arms, and refuses impossible counts', () => {
    const none = { treatmentEvents: 0, treatmentUnits: 0, controlEvents: 3, controlUnits: 9 };
    expect(rateGapLogE(none, { offset: 0, slope: 1 })).toBe(0);
    expect(() => rateGapLogE({ ...none, controlEvents: 10 }, { offset: 0, slope: 1 })).toThrow(
      /controlEvents/,
    );
  });
});
