import fc from 'fast-check';
import { buildLook, evidence, guardrailMetric, successMetric } from '../testing/look.builder.js';
import { analyseLook } from './analyse-look.js';
import type { ArmMoments, LookInput, LookResult, MetricPlan } from './types.js';

const count = fc.integer({ min: 0, max: 200_000 });
const share = fc.double({ min: 0, max: 1, noNaN: true });
const proportion = fc.tuple(count, share).map(([n, p]): ArmMoments => {
  const x = Math.round(n * p);
  return n === 0 ? { n: 0, mean: 0, m2: 0 } : { n, mean: x / n, m2: (x * (n - x)) / n };
});
const mean = fc
  .tuple(count, fc.integer({ min: -1_000_000, max: 1_000_000 }), fc.nat(1_000_000))
  .map(([n, value, sd]): ArmMoments => {
    return n === 0 ? { n: 0, mean: 0, m2: 0 } : { n, mean: value / 1000, m2: (sd / 1000) ** 2 * (n - 1) };
  });

const latency: MetricPlan = {
  key: 'latency',
  role: 'guardrail',
  kind: 'mean',
  direction: 'decrease',
  margin: { value: 0.05, type: 'relative', isDefault: true },
};

const look = fc
  .tuple(proportion, proportion, proportion, proportion, mean, mean, fc.nat(40))
  .map(([c, t, gc, gt, lc, lt, fullDays]) =>
    buildLook({
      fullDays,
      metrics: [evidence(successMetric, c, t), evidence(guardrailMetric, gc, gt), evidence(latency, lc, lt)],
    }),
  );

function everyNumber(value: unknown, visit: (n: number, key: string) => void, key = ''): void {
  if (typeof value === 'number') visit(value, key);
  else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) everyNumber(inner, visit, name);
  }
}

const first = (result: LookResult, metric: number) => result.comparisons[0]!.metrics[metric]!;

describe('any look', () => {
  it('has finite figures, ordered intervals and p-values between 0 and 1, and survives JSON', () => {
    fc.assert(
      fc.property(look, (input) => {
        const result = analyseLook(input);
        everyNumber(result, (n, key) => {
          expect(Number.isFinite(n)).toBe(true);
          if (/^(p|harmP|srmP|adjustedP)$/.test(key)) expect(n >= 0 && n <= 1).toBe(true);
        });
        for (const metric of result.comparisons[0]!.metrics) {
          for (const interval of [metric.sequential.difference, metric.sequential.lift, metric.interval999]) {
            if (interval) expect(interval.lower!).toBeLessThanOrEqual(interval.upper!);
          }
        }
        expect(JSON.stringify(analyseLook(JSON.parse(JSON.stringify(input)) as LookInput))).toBe(
          JSON.stringify(result),
        );
      }),
    );
  });

  it('shows an interval without 0 exactly beside a benefit or a loss that decided', () => {
    fc.assert(
      fc.property(look, (input) => {
        const { sequential, outcome } = first(analyseLook(input), 0);
        if (outcome !== 'better' && outcome !== 'worse') return;
        for (const interval of [sequential.difference, sequential.lift]) {
          if (interval) expect(interval.lower! > 0 || interval.upper! < 0).toBe(true);
        }
      }),
    );
  });
});
