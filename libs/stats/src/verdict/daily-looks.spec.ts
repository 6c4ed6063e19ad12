import { EMPTY_ARM_MOMENTS, mergeArmMoments } from '../accumulators/arm-moments.js';
import { momentsOfProportion } from '../accumulators/moments.js';
import { buildLook, evidence, guardrailMetric, successMetric } from '../testing/look.builder.js';
import { analyseLook } from './analyse-look.js';
import type { ArmMoments, LookMemory, VerdictCode } from './types.js';

/** Mulberry32: a fixed seed per scenario replays it. */
function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

interface Rates {
  readonly success: readonly [old: number, fresh: number];
  readonly error: readonly [old: number, fresh: number];
}

/** One experiment looked at every day for 28 days; ends at the first SHIP, STOP_HARM or INVALID. */
function run(random: () => number, rates: (day: number) => Rates, unitsPerDay = 150): VerdictCode {
  let memory: LookMemory = { harmP: {}, srmP: 1 };
  const arms = { old: [EMPTY_ARM_MOMENTS, EMPTY_ARM_MOMENTS], new: [EMPTY_ARM_MOMENTS, EMPTY_ARM_MOMENTS] };
  const draw = (p: number): ArmMoments => {
    let x = 0;
    for (let i = 0; i < unitsPerDay; i++) if (random() < p) x++;
    return momentsOfProportion(x, unitsPerDay);
  };
  let verdict: VerdictCode = 'KEEP_RUNNING';
  for (let day = 1; day <= 28; day++) {
    const { success, error } = rates(day);
    (['old', 'new'] as const).forEach((arm, i) => {
      arms[arm] = [
        mergeArmMoments(arms[arm][0]!, draw(success[i]!)),
        mergeArmMoments(arms[arm][1]!, draw(error[i]!)),
      ];
    });
    const look = analyseLook(
      buildLook({
        fullDays: day,
        memory,
        plan: {
          method: 'sequential',
          alpha: 0.05,
          power: 0.8,
          plannedUnits: 2 * 28 * unitsPerDay,
          minDays: 7,
        },
        metrics: [
          evidence(successMetric, arms.old[0]!, arms.new[0]!),
          evidence(guardrailMetric, arms.old[1]!, arms.new[1]!),
        ],
      }),
    );
    memory = look.memory;
    verdict = look.comparisons[0]!.verdict;
    if (['SHIP', 'STOP_HARM', 'INVALID'].includes(verdict)) return verdict;
  }
  return verdict;
}

function shares(runs: number, seed: number, rates: (day: number) => Rates): Record<string, number> {
  const random = uniform(seed);
  const counts: Record<string, number> = {};
  for (let i = 0; i < runs; i++) {
    const verdict = run(random, rates);
    counts[verdict] = (counts[verdict] ?? 0) + 1 / runs;
  }
  return counts;
}

/** Three standard errors of a rate over so many runs. */
const slack = (rate: number, runs: number): number => 3 * Math.sqrt((rate * (1 - rate)) / runs);

describe('an experiment looked at every day for four weeks', () => {
  it('hardly ever ships or stops when nothing differs', () => {
    const runs = 80;
    const seen = shares(runs, 1, () => ({ success: [0.4, 0.4], error: [0.05, 0.05] }));
    expect(seen['SHIP'] ?? 0).toBeLessThanOrEqual(0.025 + slack(0.025, runs));
    expect(seen['STOP_HARM'] ?? 0).toBeLessThanOrEqual(0.035 + slack(0.035, runs));
  });

  it('ships a challenger that is clearly better', () => {
    const seen = shares(25, 2, () => ({ success: [0.4, 0.47], error: [0.05, 0.05] }));
    expect(seen['SHIP']).toBeGreaterThan(0.9);
  });

  it('stops a challenger that breaks a guardrail, whatever it gains', () => {
    const seen = shares(25, 3, () => ({ success: [0.4, 0.47], error: [0.05, 0.12] }));
    expect(seen['STOP_HARM']).toBeGreaterThan(0.9);
  });

  it('rarely ships an effect that lasted five days', () => {
    const runs = 40;
    const seen = shares(runs, 4, (day) => ({ success: [0.4, day <= 5 ? 0.46 : 0.4], error: [0.05, 0.05] }));
    expect(seen['SHIP'] ?? 0).toBeLessThanOrEqual(0.1 + slack(0.1, runs));
  });
});
