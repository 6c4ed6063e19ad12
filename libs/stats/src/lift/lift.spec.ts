import fc from 'fast-check';
import { fiellerSet } from './fieller.js';
import { deltaLift, logRatioLift } from './relative-lift.js';

const value = fc.double({ min: -50, max: 50, noNaN: true });
const variance = fc.double({ min: 1e-6, max: 10, noNaN: true });

describe('lift', () => {
  it('is taken from the size of the control, so that up is up for negative means too', () => {
    expect(deltaLift({ mean1: -5, variance1: 1, mean2: -4, variance2: 1 })!.lift).toBeCloseTo(0.2, 12);
  });

  it('is undefined at a control of 0, its log ratio also at a negative one', () => {
    expect(deltaLift({ mean1: 0, variance1: 1, mean2: 1, variance2: 1 })).toBeNull();
    expect(logRatioLift({ mean1: -1, variance1: 1, mean2: 1, variance2: 1 }, 0.05)).toBeNull();
  });
});

describe("Fieller's set", () => {
  it('is an interval, a complement or everything, as the control is far from, near or at 0', () => {
    const at = (mean1: number, mean2: number) =>
      fiellerSet({ mean1, variance1: 1, mean2, variance2: 1, quantile: 1.96 }).type;
    expect([at(10, 11), at(1, 10), at(0.1, 0.1)]).toEqual(['interval', 'complement', 'all']);
  });

  it('has ends that solve the equation it is made from', () => {
    fc.assert(
      fc.property(value, variance, value, variance, (mean1, variance1, mean2, variance2) => {
        fc.pre(Math.abs(mean1) > 1e-3);
        const set = fiellerSet({ mean1, variance1, mean2, variance2, quantile: 2 });
        if (set.ci === null) return;
        expect(set.ci[0]).toBeLessThanOrEqual(set.ci[1]);
        for (const lift of set.ci) {
          const r = 1 + Math.sign(mean1) * lift;
          const left = (mean2 - r * mean1) ** 2;
          const right = 4 * (variance2 + r * r * variance1);
          expect(Math.abs(left - right)).toBeLessThanOrEqual(1e-5 * (left + right) + 1e-9);
        }
      }),
    );
  });

  it('holds lift 0 exactly when the difference is not significant', () => {
    fc.assert(
      fc.property(value, variance, value, variance, (mean1, variance1, mean2, variance2) => {
        fc.pre(Math.abs(mean1) > 1e-3);
        const gap = (mean2 - mean1) ** 2 - 4 * (variance1 + variance2);
        fc.pre(Math.abs(gap) > 1e-6);
        const set = fiellerSet({ mean1, variance1, mean2, variance2, quantile: 2 });
        const inside = set.ci !== null && set.ci[0] <= 0 && set.ci[1] >= 0;
        const holdsZero =
          set.type === 'all' || (set.type === 'interval' ? inside : !(set.ci[0] < 0 && set.ci[1] > 0));
        expect(holdsZero).toBe(gap < 0);
      }),
    );
  });
});
