import { momentsOfProportion } from '../accumulators/moments.js';
import { tuneTwoSided, twoSidedRadius } from '../sequential/asymptotic-cs.js';
import { contrastOf, type Contrast } from './contrast.js';
import { liftInterval, liftOf } from './sequential-interval.js';

const rho = tuneTwoSided(0.05, 5_000);

function contrastBetween(control: [number, number], treatment: [number, number]): Contrast {
  const contrast = contrastOf(
    'proportion',
    [{ number: 1, moments: momentsOfProportion(...control) }],
    [{ number: 1, moments: momentsOfProportion(...treatment) }],
  );
  if (contrast.kind !== 'contrast') throw new Error(contrast.reason);
  return contrast;
}

/** Control value over its standard error. */
const distance = ({ control }: Contrast): number => control.value / Math.sqrt(control.variance);

describe('the always-valid interval of a lift', () => {
  it('is estimate ± radius × delta error where the control is far from zero', () => {
    const contrast = contrastBetween([400, 2_000], [440, 2_000]);
    const lift = liftOf(contrast)!;
    const half = twoSidedRadius(contrast.n, rho, 0.05) * lift.se;
    const interval = liftInterval(contrast, rho, 0.05)!;
    expect(interval.lower).toBeCloseTo(lift.lift - half, 12);
    expect(interval.upper).toBeCloseTo(lift.lift + half, 12);
  });

  it('is not symmetric yet at six standard errors, which would do for 1.96 but not for a sequence', () => {
    const contrast = contrastBetween([37, 1_000], [40, 1_000]);
    expect(distance(contrast)).toBeGreaterThan(6);
    const { lower, upper } = liftInterval(contrast, rho, 0.05)!;
    const { lift } = liftOf(contrast)!;
    expect(upper! - lift).toBeGreaterThan(1.3 * (lift - lower!));
  });

  it('is none where the control cannot be told from zero', () => {
    expect(liftInterval(contrastBetween([3, 1_000], [9, 1_000]), rho, 0.05)).toBeNull();
  });
});
