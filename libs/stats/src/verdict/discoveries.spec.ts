import { momentsOfProportion } from '../accumulators/moments.js';
import { buildLook, proportionEvidence, successMetric } from '../testing/look.builder.js';
import { analyseLook } from './analyse-look.js';
import type { MetricPlan } from './types.js';

const exploratory = (key: string): MetricPlan => ({
  key,
  role: 'exploratory',
  kind: 'proportion',
  direction: 'none',
});

/** A look of one success metric without an effect and exploratory metrics with so many successes of 5,000. */
function lookAt(successes: readonly number[], units = 5_000) {
  const metrics = [
    proportionEvidence(successMetric, [units / 2, units], [units / 2, units]),
    ...successes.map((x, i) => proportionEvidence(exploratory(`m${i}`), [units / 2, units], [x, units])),
  ];
  return analyseLook(buildLook({ metrics }));
}

const discoveriesOf = (successes: readonly number[], units?: number) =>
  lookAt(successes, units)
    .comparisons[0]!.metrics.slice(1)
    .map(({ discovery }) => discovery);

describe('discoveries among exploratory metrics', () => {
  it('points out what e-BH leaves standing at a false discovery rate of 10 %', () => {
    // z 4.8 and 3.6 against three that do not differ: e 23,900 and 165 need 50 and 25.
    const found = discoveriesOf([2_740, 2_680, 2_510, 2_490, 2_500]);
    expect(found.map((discovery) => discovery!.found)).toEqual([true, true, false, false, false]);
    expect(found.map((discovery) => discovery!.rate)).toEqual([0.1, 0.1, 0.1, 0.1, 0.1]);
  });

  it('asks more of one among many than of one alone', () => {
    const same = 2_650;
    const [alone] = discoveriesOf([same]);
    const [first] = discoveriesOf([same, ...Array<number>(40).fill(2_500)]);
    expect([alone!.found, first!.found]).toEqual([true, false]);
    expect(first!.logE).toBe(alone!.logE);
  });

  it('agrees with the p of the same sequence: e is 1 / p', () => {
    const metric = lookAt([2_700]).comparisons[0]!.metrics[1]!;
    expect(metric.discovery!.logE).toBeCloseTo(-Math.log(metric.sequential.p!), 10);
  });

  it('says nothing before burn-in, and never moves the verdict', () => {
    expect(discoveriesOf([45], 50)).toEqual([undefined]);
    const [without, with_] = [lookAt([]), lookAt([4_000])].map((look) => look.comparisons[0]!);
    expect(with_!.metrics[1]!.discovery!.found).toBe(true);
    expect([with_!.verdict, with_!.reasons]).toEqual([without!.verdict, without!.reasons]);
  });

  it('has nothing to say on metrics with a role', () => {
    const look = lookAt([2_700]).comparisons[0]!;
    expect(look.metrics[0]!.discovery).toBeUndefined();
  });

  it('finds nothing where there are no units', () => {
    const metric = exploratory('empty');
    const none = { n: 0, mean: 0, m2: 0 };
    const evidence = {
      metric,
      epochs: [{ number: 1, arms: { old: none, new: momentsOfProportion(50, 5_000) } }],
      openUnits: {},
    };
    const look = analyseLook(buildLook({ metrics: [evidence] }));
    expect(look.comparisons[0]!.metrics[0]!.discovery).toBeUndefined();
  });
});
