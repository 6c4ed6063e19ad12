import { groupSequentialBoundary } from '../group-sequential/boundaries.js';
import { normalIsf } from '../distributions/normal.js';
import { buildLook, guardrailMetric, proportionEvidence, successMetric } from '../testing/look.builder.js';
import { analyseLook } from './analyse-look.js';
import type { DecisionPlan, LookMemory, LookResult } from './types.js';

const START: LookMemory = { harmP: {}, srmP: 1 };

/** A look of a planned experiment of 20,000 units: successes of both arms out of `units` each. */
function look(
  method: DecisionPlan['method'],
  [control, treatment]: readonly [number, number],
  units: number,
  memory: LookMemory = START,
): LookResult {
  return analyseLook(
    buildLook({
      plan: { method, alpha: 0.05, power: 0.8, plannedUnits: 20_000, minDays: 7 },
      memory,
      metrics: [
        proportionEvidence(successMetric, [control, units], [treatment, units]),
        proportionEvidence(guardrailMetric, [0.05 * units, units], [0.05 * units, units]),
      ],
    }),
  );
}

const answered = (result: LookResult) => result.comparisons[0]!.metrics[0]!;

describe('a group sequential plan', () => {
  it('holds each analysis against its boundary, at whatever fractions they came', () => {
    const rates = [0.25, 0.4, 0.7, 1];
    const { criticalValues } = groupSequentialBoundary({
      informationRates: rates,
      alpha: 0.05,
      sided: 2,
      type: 'asOF',
    });
    let memory = START;
    rates.forEach((t, k) => {
      const result = look('group-sequential', [4_000 * t, 4_000 * t + 40], 10_000 * t, memory);
      expect(answered(result).planned).toMatchObject({ informationFraction: t, analyses: k + 1 });
      expect(answered(result).planned!.critical).toBeCloseTo(criticalValues[k]!, 9);
      memory = result.memory;
    });
  });

  it('ships on crossing it, and shows the repeated interval that leaves zero out', () => {
    const result = look('group-sequential', [2_000, 2_250], 5_000);
    expect(result.comparisons[0]!.verdict).toBe('SHIP');
    expect(result.comparisons[0]!.reasons[0]!.message).toMatch(/answered is better by .* sure of/);
    // z = 5.1 against 2.96 at half of the information; an early look asks for more.
    expect(look('group-sequential', [400, 460], 1_000).comparisons[0]!.verdict).toBe('KEEP_RUNNING');
  });

  it('takes no new analysis before two more hundredths of the units are in, and none after the end', () => {
    const first = look('group-sequential', [1_000, 1_020], 2_500);
    const soon = look('group-sequential', [1_040, 1_300], 2_590, first.memory);
    expect(answered(soon)).toMatchObject({ outcome: 'undecided', planned: { analyses: 1 } });
    const end = look('group-sequential', [4_000, 4_020], 10_000, first.memory);
    const after = look('group-sequential', [4_800, 5_200], 12_000, end.memory);
    expect(answered(after)).toMatchObject({ outcome: answered(end).outcome, planned: { analyses: 2 } });
    expect(after.comparisons[0]!.verdict).not.toBe('SHIP');
  });

  /** The bound solves P(|Z₁| < 2.0937, Z₂ ≥ c) = 0.025 − 0.01815 with correlation √(0.9/1.2), by Simpson's rule. */
  it('spends what is left when the last analysis comes late', () => {
    const first = look('group-sequential', [3_600, 3_640], 9_000);
    const late = look('group-sequential', [4_800, 5_100], 12_000, first.memory);
    expect(answered(late).planned!.critical).toBeCloseTo(2.163311787274, 10);
    expect(late.comparisons[0]!.verdict).toBe('SHIP');
  });

  it('stops when going on is futile, and says so', () => {
    const result = look('group-sequential', [2_800, 2_800], 7_000);
    expect(result.comparisons[0]).toMatchObject({
      verdict: 'STOP_NO_EFFECT',
      reasons: [expect.objectContaining({ code: 'FUTILE' })],
    });
  });

  it('splits its level over hypotheses, and stops harm at any look', () => {
    const harm = look('group-sequential', [400, 200], 1_000);
    expect(harm.comparisons[0]!.verdict).toBe('STOP_HARM');
  });
});

describe('a fixed plan', () => {
  it('tests once, with all planned units, and never again', () => {
    const early = look('fixed', [2_000, 2_400], 5_000);
    expect(early.comparisons[0]).toMatchObject({
      verdict: 'KEEP_RUNNING',
      reasons: expect.arrayContaining([
        expect.objectContaining({ message: expect.stringContaining('tested once') as string }),
      ]) as unknown,
    });
    const none = look('fixed', [4_000, 4_100], 10_000, early.memory);
    expect(answered(none)).toMatchObject({ outcome: 'undecided' });
    const again = look('fixed', [4_800, 5_200], 12_000, none.memory);
    expect(answered(again).outcome).toBe('undecided');
    const better = look('fixed', [4_000, 4_150], 10_000);
    expect(better.comparisons[0]!.verdict).toBe('SHIP');
    expect(answered(better).planned!.critical).toBeCloseTo(normalIsf(0.025), 12);
    expect(answered(better).adjustedP).toBeLessThan(0.05);
  });
});

it('keeps its level over unplanned looks when nothing differs', () => {
  const random = uniform(11);
  const draw = (n: number): number => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += random();
    // A sum of uniforms as a normal count around 40 %: only its mean and spread matter.
    return Math.round(0.4 * 200 + Math.sqrt(200 * 0.24) * (sum - n / 2) * Math.sqrt(12 / n));
  };
  const runs = 120;
  let shipped = 0;
  for (let run = 0; run < runs; run++) {
    let memory = START;
    const sums = [0, 0];
    for (let batch = 1; batch <= 50; batch++) {
      sums[0]! += draw(12);
      sums[1]! += draw(12);
      if (batch % 10 !== 0 && batch !== 13 && batch !== 37) continue;
      const result = look('group-sequential', [sums[0]!, sums[1]!], 200 * batch, memory);
      if (answered(result).outcome === 'better') {
        shipped++;
        break;
      }
      memory = result.memory;
    }
  }
  expect(shipped / runs).toBeLessThanOrEqual(0.025 + 3 * Math.sqrt((0.025 * 0.975) / runs));
  expect(shipped).toBeGreaterThan(0);
});

function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return ((state >>> 8) + 0.5) / 16777216;
  };
}
