import { contrastOf, momentsOf, pairMomentsOf, ratioEstimate, type ArmMoments } from '@app/stats';
import { streamOf } from '../random/stream.js';
import {
  arrivals,
  bernoulli,
  betaScore,
  binaryWithCovariate,
  costPerRequest,
  CovariateArm,
  goodRequests,
  latency,
  normalWithCovariate,
  RatioArm,
  stars,
  tokens,
  UnitArm,
  type Scenario,
} from './index.js';

const X = [0.3, 1.7, 1.7, 9, -4, 2.5];
const Y = [10, 11, 9, 30, 2, 8];

describe('arms', () => {
  it('hold the moments that the raw values have', () => {
    const arm = new UnitArm();
    X.forEach((x) => arm.add(x));
    const expected = momentsOf(X);
    expect(arm.n).toBe(6);
    expect(arm.mean).toBeCloseTo(expected.mean, 13);
    expect(arm.m2).toBeCloseTo(expected.m2, 11);
  });

  it('hold the co-moments too, and forget everything when cleared', () => {
    const [ratio, covariate] = [new RatioArm(), new CovariateArm()];
    X.forEach((x, i) => {
      ratio.addPair(x, Y[i]!);
      covariate.addPair(x, Y[i]!);
    });
    const expected = pairMomentsOf(X, Y);
    for (const second of [ratio.denominator, covariate.covariate]) {
      expect(second.mean).toBeCloseTo(expected.y.mean, 12);
      expect(second.m2).toBeCloseTo(expected.y.m2, 10);
      expect(second.comoment).toBeCloseTo(expected.comoment, 10);
    }
    ratio.clear();
    expect({ ...ratio, denominator: { ...ratio.denominator } }).toEqual({
      n: 0,
      mean: 0,
      m2: 0,
      denominator: { mean: 0, m2: 0, comoment: 0 },
    });
  });
});

describe('scenarios', () => {
  const cases: ReadonlyArray<readonly [name: string, check: () => void]> = [
    ofScenario(bernoulli(0.05), 0.03),
    ofScenario(betaScore, -0.1),
    ofScenario(stars, 0.4),
    ofScenario(latency(0.7), 0.3),
    ofScenario(tokens, -0.2),
    ofScenario(goodRequests, 0.1),
    ofScenario(costPerRequest(1), 0.2),
    ofScenario(normalWithCovariate(0.9), 1),
    ofScenario(binaryWithCovariate(0.05), 0.01),
  ];

  it.each(cases)('%s: have the true mean they claim, with and without an effect', (_, check) => check());

  function ofScenario<A extends UnitArm>(scenario: Scenario<A>, gain: number): [string, () => void] {
    const check = (): void => {
      const random = streamOf(11, 'truth', 0);
      const [control, treatment] = [scenario.newArm(), scenario.newArm()];
      const [drawControl, drawTreatment] = [scenario.units(0), scenario.units(gain)];
      for (let i = 0; i < 60_000; i++) {
        drawControl(random, control);
        drawTreatment(random, treatment);
      }
      const epoch = (moments: ArmMoments) => [{ number: 1, moments }];
      const contrast = contrastOf(scenario.metric.kind, epoch(control), epoch(treatment));
      if (contrast.kind !== 'contrast') throw new Error(contrast.reason);
      expect(Math.abs(contrast.difference - gain)).toBeLessThan(5 * contrast.se);
      expect(Math.abs(contrast.control.value - scenario.mean)).toBeLessThan(
        5 * Math.sqrt(contrast.control.variance),
      );
      const unitSd = Math.sqrt(contrast.control.variance * control.n);
      expect(unitSd / scenario.sd).toBeGreaterThan(0.8);
      expect(unitSd / scenario.sd).toBeLessThan(1.25);
    };
    return [scenario.name, check];
  }

  it('correlate the requests of a unit by 0.2', () => {
    const random = streamOf(12, 'correlation', 0);
    const arm = goodRequests.newArm();
    const draw = goodRequests.units(0);
    for (let i = 0; i < 60_000; i++) draw(random, arm);
    // Design effect of independent requests: 1 + (E d² / E d − 1) ρ = 1 + 8 · 0.2.
    const independent = 0.25 / arm.denominator.mean;
    expect(ratioEstimate(arm)!.variance / independent).toBeCloseTo(2.6, 0);
  });

  it('arrive in full, fewer at weekends', () => {
    const week = arrivals('weekly', 28, 10_000);
    expect(week.reduce((sum, units) => sum + units, 0)).toBe(10_000);
    expect(week[5]! / week[0]!).toBeCloseTo(0.4, 1);
    expect(new Set(arrivals('constant', 4, 400))).toEqual(new Set([100]));
  });
});
