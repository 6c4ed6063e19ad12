import { momentsOfProportion } from '../accumulators/moments.js';
import { tuneTwoSided, twoSidedLogP } from '../sequential/asymptotic-cs.js';
import { bernoulliInterval } from '../sequential/bernoulli-cs.js';
import { missingBurnIn } from './burn-in.js';
import { contrastOf } from './contrast.js';

/** Level and size at which unequal coverage blocks a verdict. */
const ALARM = { p: 0.001, points: 0.02 };

/** Units of an arm whose window has closed, and how many of them have a value. */
export interface CoverageCounts {
  readonly covered: number;
  readonly closed: number;
}

/**
 * Whether the share of units with a value differs between two arms: sequential p ≤ 0.001 and more than two points.
 *
 * Values missing more often in one arm are a selection that no estimate survives.
 */
export function coverageDiffers(control: CoverageCounts, treatment: CoverageCounts, nStar: number): boolean {
  if (control.closed < control.covered || treatment.closed < treatment.covered) return false;
  const moments = [control, treatment].map((arm) => momentsOfProportion(arm.covered, arm.closed));
  const [c, t] = [moments[0]!, moments[1]!];
  if (Math.abs(c.mean - t.mean) <= ALARM.points) return false;
  if (
    missingBurnIn({ key: 'coverage', role: 'guardrail', kind: 'proportion', direction: 'none' }, c, t) !==
    null
  ) {
    return exactlyApart(control, treatment, nStar);
  }
  const contrast = contrastOf('proportion', [{ number: 1, moments: c }], [{ number: 1, moments: t }]);
  if (contrast.kind !== 'contrast' || !(contrast.se > 0)) return false;
  const point = { estimate: contrast.difference, se: contrast.se, n: contrast.n };
  return twoSidedLogP(point, tuneTwoSided(ALARM.p, nStar)) <= Math.log(ALARM.p);
}

/** Exact sequences of the two shares, each at half the level, do not touch: for arms with next to nothing missing. */
function exactlyApart(control: CoverageCounts, treatment: CoverageCounts, nStar: number): boolean {
  const interval = ({ covered, closed }: CoverageCounts) =>
    bernoulliInterval({
      sum: covered,
      n: closed,
      alpha: ALARM.p / 2,
      tOpt: Math.max(1, nStar / 2),
      alphaOpt: ALARM.p,
    });
  const c = interval(control);
  const t = interval(treatment);
  return c[1] < t[0] || t[1] < c[0];
}
