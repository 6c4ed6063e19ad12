import { adjustPValues, compareMeans, contrastOf, ebh, holmSteps, msprt } from '@app/stats';
import { atMost, rateWithin } from '../harness/judges.js';
import type { Bar, Replicate, Row } from '../harness/row.js';
import { equicorrelated, type Random } from '../random/index.js';
import { detectable, UnitArm } from '../scenarios/index.js';

const METRICS = 10;
const UNITS = 200;
const LEVEL = 0.05;

/** Ten normal metrics of the same units, any two correlated by rho; the first `effects` of them truly differ. */
class Family {
  readonly control = Array.from({ length: METRICS }, () => new UnitArm());
  readonly treatment = Array.from({ length: METRICS }, () => new UnitArm());
  private readonly values = new Float64Array(METRICS);

  constructor(
    private readonly rho: number,
    readonly effects: number,
    private readonly gain: number,
  ) {}

  clear(): void {
    for (const arm of [...this.control, ...this.treatment]) arm.clear();
  }

  grow(random: Random, unitsPerArm: number): void {
    for (let i = 0; i < unitsPerArm; i++) {
      equicorrelated(random, this.rho, this.values);
      for (let m = 0; m < METRICS; m++) this.control[m]!.add(this.values[m]!);
      equicorrelated(random, this.rho, this.values);
      for (let m = 0; m < METRICS; m++)
        this.treatment[m]!.add(this.values[m]! + (m < this.effects ? this.gain : 0));
    }
  }

  pValues(): number[] {
    return this.control.map((arm, m) => compareMeans(arm, this.treatment[m]!, LEVEL)!.pTwoSided);
  }
}

/** False share of the rejections; 0 without rejections. */
function falseShare(rejected: readonly boolean[], effects: number): number {
  const all = rejected.filter(Boolean).length;
  return all === 0 ? 0 : rejected.filter((is, m) => is && m >= effects).length / all;
}

function fixedRow(
  name: string,
  rho: number,
  effects: number,
  reject: (p: readonly number[]) => boolean[],
): Row {
  const familyWise = name === 'Holm';
  const output = familyWise ? 'any false rejection' : 'false discovery rate';
  return {
    name: `${name}, correlation ${rho}, ${effects} of ${METRICS} metrics differ`,
    replicates: { full: 10_000, quick: 100 },
    outputs: [output],
    prepare: () => {
      const family = new Family(rho, effects, detectable(1, UNITS, UNITS));
      return (random) => {
        family.clear();
        family.grow(random, UNITS);
        const rejected = reject(family.pValues());
        if (familyWise) return [rejected.some((is, m) => is && m >= effects) ? 1 : 0];
        return [falseShare(rejected, effects)];
      };
    },
    judge: rateWithin(output, null, 0.0565),
  };
}

const holm = (p: readonly number[]): boolean[] => holmSteps(p, LEVEL).map(({ rejected }) => rejected);
const bh = (p: readonly number[]): boolean[] => adjustPValues(p, 'bh').map((value) => value <= LEVEL);

/** Looks every 50 units per arm, until e-BH rejects anything at all. */
function ebhRow(rho: number, effects: number): Row {
  const looks = 60;
  const unitsPerLook = 50;
  const total = looks * unitsPerLook;
  const prepare = (): Replicate => {
    const gain = detectable(1, total, total);
    const family = new Family(rho, effects, gain);
    const tau2 = gain * gain;
    return (random) => {
      family.clear();
      for (let look = 1; look <= looks; look++) {
        family.grow(random, unitsPerLook);
        if (look < 2) continue;
        const { reject, rejections } = ebh(eValues(family, tau2), LEVEL);
        if (rejections > 0) return [falseShare(reject, effects)];
      }
      return [0];
    };
  };
  return {
    name: `e-BH, stopped at its first rejection, correlation ${rho}, ${effects} of ${METRICS} metrics differ`,
    replicates: { full: 2_000, quick: 20 },
    outputs: ['false discovery rate'],
    prepare,
    judge: atMost('false discovery rate', LEVEL),
  };
}

function eValues(family: Family, tau2: number): number[] {
  return family.control.map((control, m) => {
    const contrast = contrastOf(
      'mean',
      [{ number: 1, moments: control }],
      [{ number: 1, moments: family.treatment[m]! }],
    );
    if (contrast.kind !== 'contrast') return 0;
    const test = msprt({
      difference: contrast.difference,
      variance: contrast.se * contrast.se,
      tau2,
      alpha: LEVEL,
    });
    return test ? Math.exp(test.logLambda) : 0;
  });
}

const CORRELATIONS = [0, 0.5];

export const b14: Bar = {
  id: 'B14',
  title: 'several metrics: the family-wise error of Holm, the false discovery rate of BH and e-BH',
  rows: CORRELATIONS.flatMap((rho) => [
    fixedRow('Holm', rho, 0, holm),
    fixedRow('Holm', rho, 5, holm),
    fixedRow('BH', rho, 0, bh),
    fixedRow('BH', rho, 5, bh),
    ebhRow(rho, 0),
    ebhRow(rho, 5),
  ]),
};
