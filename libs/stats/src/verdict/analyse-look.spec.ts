import { momentsOf, momentsOfProportion } from '../accumulators/moments.js';
import {
  buildLook,
  evidence,
  guardrailMetric,
  proportionEvidence,
  successMetric,
} from '../testing/look.builder.js';
import { analyseLook } from './analyse-look.js';
import { evaluateBenefit } from './benefit.js';
import type { ArmMoments, Comparison, LookInput, MetricPlan } from './types.js';

const better = proportionEvidence(successMetric, [5000, 10_000], [5600, 10_000]);
const same = proportionEvidence(successMetric, [50_000, 100_000], [50_000, 100_000]);
const fine = proportionEvidence(guardrailMetric, [500, 10_000], [500, 10_000]);
const harmful = proportionEvidence(guardrailMetric, [500, 10_000], [1200, 10_000]);

const only = (input: LookInput): Comparison => analyseLook(input).comparisons[0]!;
const codes = (comparison: Comparison): string[] => comparison.reasons.map((reason) => reason.code);

describe('the verdict of a look', () => {
  it('ships a better challenger whose guardrails are proven to hold', () => {
    const comparison = only(buildLook({ metrics: [better, fine] }));
    expect(comparison.verdict).toBe('SHIP');
    expect(codes(comparison)).toEqual(['BETTER', 'GUARDRAILS_PASS']);
    expect(comparison.reasons[0]!.message).toMatch(
      /^answered is better by 6 points, 12 % of the control \(95 % sure of/,
    );
    expect(comparison.metrics[0]!.sequential.difference!.lower).toBeGreaterThan(0);
    expect(comparison.metrics[0]!.sequential.lift!.lower).toBeGreaterThan(0);
  });

  it('does not ship before the full days of the plan, and says so', () => {
    const comparison = only(buildLook({ metrics: [better, fine], fullDays: 3 }));
    expect(comparison.verdict).toBe('KEEP_RUNNING');
    expect(codes(comparison)).toContain('TOO_FEW_DAYS');
    expect(comparison.expectedDays).toBe(4);
  });

  it('does not ship on an undecided guardrail: silence is not success', () => {
    const open = proportionEvidence(guardrailMetric, [500, 10_000], [620, 10_000]);
    const comparison = only(buildLook({ metrics: [better, open] }));
    expect(comparison.verdict).toBe('KEEP_RUNNING');
    expect(codes(comparison)).toContain('GUARDRAIL_UNDECIDED');
  });

  it('ships with a note when a guardrail got worse inside its margin', () => {
    const wide: MetricPlan = {
      ...guardrailMetric,
      margin: { value: 0.05, type: 'absolute', isDefault: false },
    };
    const worse = proportionEvidence(wide, [500, 10_000], [700, 10_000]);
    const comparison = only(buildLook({ metrics: [better, worse] }));
    expect(comparison.verdict).toBe('SHIP');
    expect(comparison.metrics[1]!.outcome).toBe('degraded');
    expect(codes(comparison)).toContain('DEGRADED_WITHIN_MARGIN');
  });

  it('stops for harm before anything else, with the figures and the limit', () => {
    const broken = {
      epochs: [{ number: 1, weights: { old: 1, new: 1 }, units: { old: 10_000, new: 14_000 } }],
    };
    const comparison = only(buildLook({ metrics: [better, harmful], ...broken }));
    expect(comparison.verdict).toBe('STOP_HARM');
    expect(comparison.reasons[0]!.message).toMatch(
      /^error is worse by 7 points \(99 % sure of at least 5\.\d points\), the limit was 2 points\.$/,
    );
    expect(codes(comparison)).toEqual(['HARM_GUARDRAIL', 'SRM']);
  });

  it('stops for harm when a success metric is significantly worse', () => {
    const worse = proportionEvidence(successMetric, [5000, 10_000], [4600, 10_000]);
    const comparison = only(buildLook({ metrics: [worse, fine] }));
    expect(comparison.verdict).toBe('STOP_HARM');
    expect(codes(comparison)).toEqual(['HARM_SUCCESS_METRIC']);
    expect(comparison.metrics[0]!.outcome).toBe('worse');
  });

  it('never calls a significant loss a benefit', () => {
    const worse = proportionEvidence(successMetric, [5000, 10_000], [4600, 10_000]);
    const [benefit] = evaluateBenefit(
      [
        {
          metric: successMetric,
          control: [{ number: 1, moments: worse.epochs[0]!.arms['old']! }],
          treatment: [{ number: 1, moments: worse.epochs[0]!.arms['new']! }],
          nStar: 20_000,
        },
      ],
      0.05,
    );
    expect(benefit).toMatchObject({ better: false, worse: true });
  });

  it('remembers harm shown at an earlier look', () => {
    const first = analyseLook(buildLook({ metrics: [better, harmful] }));
    const now = only(buildLook({ metrics: [better, fine], memory: first.memory }));
    expect(now.verdict).toBe('STOP_HARM');
    expect(now.reasons[0]!.message).toMatch(/was shown to be worse than allowed/);
  });

  it('does not remember benefit: an effect that vanished does not ship', () => {
    const first = analyseLook(buildLook({ metrics: [better, fine] }));
    expect(first.comparisons[0]!.verdict).toBe('SHIP');
    expect(only(buildLook({ metrics: [same, fine], memory: first.memory })).verdict).not.toBe('SHIP');
  });

  it('is invalid on a broken split, and stays so once the alarm has rung', () => {
    const units = (old: number, fresh: number) => ({
      epochs: [{ number: 1, weights: { old: 1, new: 1 }, units: { old, new: fresh } }],
    });
    const first = analyseLook(buildLook({ metrics: [better, fine], ...units(10_000, 11_200) }));
    expect(first.comparisons[0]!.verdict).toBe('INVALID');
    expect(first.integrity.srmSequential.alarm).toBe(true);
    const later = analyseLook(
      buildLook({ metrics: [better, fine], ...units(20_000, 20_400), memory: first.memory }),
    );
    expect(later.comparisons[0]!.verdict).toBe('INVALID');
  });

  it('is invalid when too many units were seen in two arms', () => {
    const comparison = only(
      buildLook({ metrics: [better, fine], crossing: { units: 200, exposed: 20_000 } }),
    );
    expect(comparison.verdict).toBe('INVALID');
    expect(codes(comparison)).toEqual(['CROSSING']);
    expect(
      only(buildLook({ metrics: [better, fine], crossing: { units: 90, exposed: 20_000 } })).verdict,
    ).toBe('SHIP');
  });

  it('is invalid when values are missing more often in one arm', () => {
    const epochs = [{ number: 1, weights: { old: 1, new: 1 }, units: { old: 10_000, new: 10_000 } }];
    const gappy = proportionEvidence(successMetric, [5000, 10_000], [5040, 9_000]);
    expect(codes(only(buildLook({ metrics: [gappy, fine], epochs })))).toEqual(['COVERAGE']);
  });

  it('is invalid when an effect cannot be estimated among enough units', () => {
    const cost: MetricPlan = {
      ...successMetric,
      key: 'cost',
      kind: 'mean',
      mde: { value: 0.05, type: 'relative' },
    };
    const constant = momentsOf(Array.from({ length: 1500 }, () => 0.01));
    const comparison = only(buildLook({ metrics: [evidence(cost, constant, constant)] }));
    expect(comparison.verdict).toBe('INVALID');
    expect(codes(comparison)).toEqual(['NOT_ESTIMABLE']);
  });

  it('stops for no effect when nothing worth having is left', () => {
    const comparison = only(buildLook({ metrics: [same] }));
    expect(comparison.verdict).toBe('STOP_NO_EFFECT');
    expect(comparison.reasons[0]!.message).toMatch(/gains at most .* less than the 2 points worth having/);
  });

  it('keeps running while undecided and tells how long', () => {
    const open = proportionEvidence(successMetric, [1000, 2000], [1030, 2000]);
    const comparison = only(buildLook({ metrics: [open] }));
    expect(comparison.verdict).toBe('KEEP_RUNNING');
    expect(codes(comparison)).toEqual(['SUCCESS_UNDECIDED']);
    expect(comparison.expectedDays).toBeGreaterThan(14);
  });

  it('names what is undecided at the planned size', () => {
    const open = proportionEvidence(successMetric, [5000, 10_000], [5080, 10_000]);
    const comparison = only(buildLook({ metrics: [open] }));
    expect(comparison.verdict).toBe('KEEP_RUNNING');
    expect(comparison.reasons[0]!.code).toBe('UNDECIDED_AT_PLANNED_SIZE');
    expect(comparison.reasons[0]!.message).toMatch(
      /20,000 units are reached .*: answered\. About [\d,]+ more units .* keep control unless you accept the risk\.$/,
    );
  });
});

describe('burn-in', () => {
  it('returns the interval of a tiny sample and decides nothing on it', () => {
    const early = proportionEvidence(successMetric, [10, 99], [89, 99]);
    const comparison = only(buildLook({ metrics: [early] }));
    const metric = comparison.metrics[0]!;
    expect(metric.sequential.burnIn).toBe(true);
    expect(metric.sequential.difference!.lower).toBeGreaterThan(0);
    expect(metric.sequential.p).toBeNull();
    expect(comparison.verdict).toBe('KEEP_RUNNING');
    expect(codes(comparison)).toEqual(['BURN_IN']);
  });

  it('waits for five successes and failures in each arm', () => {
    const rare = proportionEvidence(successMetric, [3, 5000], [60, 5000]);
    expect(only(buildLook({ metrics: [rare] })).metrics[0]!.sequential.burnIn).toBe(true);
  });

  it('waits for a thousand units where a metric has no bounds and a hundred where it has', () => {
    const arm = (mean: number, n: number) => ({ n, mean, m2: n - 1 });
    const open: MetricPlan = { ...successMetric, key: 'latency', kind: 'mean' };
    const score: MetricPlan = { ...open, key: 'score', bounds: [1, 5] };
    const at = (metric: MetricPlan, n: number) =>
      only(buildLook({ metrics: [evidence(metric, arm(3, n), arm(4, n))] })).metrics[0]!.sequential.burnIn;
    expect([at(open, 999), at(open, 1000)]).toEqual([true, false]);
    expect([at(score, 99), at(score, 100)]).toEqual([true, false]);
  });

  it('lets an exact guardrail pass without a single error', () => {
    const clean = proportionEvidence(guardrailMetric, [2, 3000], [0, 3000]);
    const comparison = only(buildLook({ metrics: [better, clean] }));
    expect(comparison.metrics[1]!.outcome).toBe('pass');
    expect(comparison.metrics[1]!.guardrail!.burnIn).toBe(true);
  });
});

describe('several metrics and challengers', () => {
  it('show each interval at the level of its Holm step, never around zero beside a benefit', () => {
    const second: MetricPlan = { ...successMetric, key: 'solved' };
    const input = buildLook({
      metrics: [better, proportionEvidence(second, [3000, 10_000], [3220, 10_000])],
    });
    const [first, other] = only(input).metrics;
    expect(first!.sequential.level).toBe(0.025);
    expect(other!.sequential.level).toBe(0.05);
    expect(other!.outcome).toBe('better');
    expect(other!.sequential.difference!.lower).toBeGreaterThan(0);
  });

  it('judge each challenger against the control by itself', () => {
    const input: LookInput = {
      ...buildLook({ metrics: [] }),
      arms: [
        { key: 'old', weight: 2, control: true },
        { key: 'a', weight: 1, control: false },
        { key: 'b', weight: 1, control: false },
      ],
      epochs: [{ number: 1, weights: { old: 2, a: 1, b: 1 }, units: { old: 20_000, a: 10_000, b: 10_000 } }],
      metrics: [
        {
          metric: successMetric,
          epochs: [
            {
              number: 1,
              arms: {
                old: momentsOfProportion(10_000, 20_000),
                a: momentsOfProportion(5600, 10_000),
                b: momentsOfProportion(4400, 10_000),
              },
            },
          ],
          openUnits: {},
        },
      ],
    };
    const { comparisons } = analyseLook(input);
    expect(comparisons.map(({ treatment, verdict }) => [treatment, verdict])).toEqual([
      ['a', 'SHIP'],
      ['b', 'STOP_HARM'],
    ]);
    // 20,000 planned × 3/4
    expect(comparisons[0]!.metrics[0]!.sequential.nStar).toBe(15_000);
  });

  it('give exploratory metrics estimates and no say', () => {
    const extra: MetricPlan = { key: 'tokens', role: 'exploratory', kind: 'mean', direction: 'none' };
    const arm = (mean: number) => ({ n: 10_000, mean, m2: 40_000 });
    const comparison = only(buildLook({ metrics: [better, evidence(extra, arm(100), arm(140))] }));
    expect(comparison.verdict).toBe('SHIP');
    expect(comparison.metrics[1]!.outcome).toBe('exploratory');
    expect(comparison.metrics[1]!.difference).toBe(40);
  });
});

describe('what people compute from the raw rows', () => {
  const rows = { old: [1, 2, 2, 5, 7, 8], new: [2, 4, 4, 9, 9] };
  const metric: MetricPlan = { ...successMetric, key: 'latency', kind: 'mean' };

  it('is in the summaries, over all epochs pooled', () => {
    const input: LookInput = {
      ...buildLook({ metrics: [] }),
      epochs: [
        { number: 1, weights: { old: 1, new: 1 }, units: { old: 2, new: 2 } },
        { number: 2, weights: { old: 3, new: 1 }, units: { old: 4, new: 4 } },
      ],
      metrics: [
        {
          metric,
          epochs: [
            {
              number: 1,
              arms: { old: momentsOf(rows.old.slice(0, 2)), new: momentsOf(rows.new.slice(0, 2)) },
            },
            { number: 2, arms: { old: momentsOf(rows.old.slice(2)), new: momentsOf(rows.new.slice(2)) } },
          ],
          openUnits: { new: 1 },
        },
      ],
    };
    const result = analyseLook(input);
    const { old, new: fresh } = result.summaries['latency']!;
    expect(old!.mean).toBeCloseTo(25 / 6, 12);
    expect(old!.sd).toBeCloseTo(2.926886855802027, 12);
    expect(fresh).toMatchObject({ n: 5, openUnits: 1, coverage: 5 / 6 });
    expect(result.integrity.srmFixed).toBeNull();
    // Epochs combined with weights 2·2/4 = 1 and 4·3/7: (3 − 1.5) and (22/3 − 5.5).
    const [w1, w2] = [1, 12 / 7];
    expect(result.comparisons[0]!.metrics[0]!.difference).toBeCloseTo(
      (w1 * 1.5 + (w2 * 11) / 6) / (w1 + w2),
      12,
    );
  });

  it('refuses arms it cannot compare', () => {
    const input = buildLook({ metrics: [better] });
    expect(() =>
      analyseLook({ ...input, arms: input.arms.map((arm) => ({ ...arm, control: false })) }),
    ).toThrow(/one control/);
  });

  it('narrows the interval by a covariate that at least half of the units have, and says by how much', () => {
    const arm = (mean: number, known: number): ArmMoments => ({
      n: 5_000,
      mean,
      m2: 5_000,
      covariate: {
        mean: 2,
        m2: known,
        comoment: 0.8 * known,
        ...(known < 5_000 && { n: known, valueGap: 0 }),
      },
    });
    const score = { ...successMetric, kind: 'mean' as const, bounds: [0, 10] as const };
    const read = (known: number) =>
      analyseLook(buildLook({ metrics: [evidence(score, arm(4, known), arm(4.1, known))] })).comparisons[0]!
        .metrics[0]!;
    const all = read(5_000);
    expect(all.adjustment).toMatchObject({
      theta: 0.8,
      coverage: 1,
      varianceReduction: expect.closeTo(0.64) as number,
      unadjusted: {
        difference: expect.closeTo(0.1) as number,
        se: expect.closeTo(0.02, 5) as number,
        lift: expect.any(Number) as number,
      },
    });
    expect(all.se).toBeCloseTo(0.6 * 0.02, 5);
    expect(read(3_000).adjustment!.varianceReduction).toBeCloseTo(0.6 * 0.64);
    expect(read(2_000)).toMatchObject({ adjustment: null, se: expect.closeTo(0.02, 5) as number });
  });
});
