import { buildLook, proportionEvidence, successMetric } from '../testing/look.builder.js';
import { analyseLook } from './analyse-look.js';
import type { LookMemory } from './types.js';

/** One look at successes of units, and what it leaves to the next. */
function look(control: [number, number], treatment: [number, number], memory: LookMemory, fullDays: number) {
  const metrics = [proportionEvidence(successMetric, control, treatment)];
  return analyseLook(buildLook({ metrics, memory, fullDays }));
}

const START: LookMemory = { harmP: {}, srmP: 1 };

describe('an effect that changes over time', () => {
  it('is raised once the intervals of two looks exclude each other', () => {
    const first = look([1_000, 2_000], [1_300, 2_000], START, 5);
    expect(first.comparisons[0]!.metrics[0]!.notes).toEqual([]);
    const later = look([10_000, 20_000], [10_300, 20_000], first.memory, 20);
    const { metrics, reasons } = later.comparisons[0]!;
    expect(metrics[0]!.notes.join()).toContain('changing over time');
    expect(reasons.map(({ code }) => code)).toContain('EFFECT_CHANGING');
  });

  it('stays raised: what excluded itself does not agree again', () => {
    const first = look([1_000, 2_000], [1_300, 2_000], START, 5);
    const second = look([10_000, 20_000], [10_300, 20_000], first.memory, 20);
    const third = look([11_000, 22_000], [11_300, 22_000], second.memory, 21);
    expect(third.comparisons[0]!.reasons.map(({ code }) => code)).toContain('EFFECT_CHANGING');
  });

  it('is not raised by an effect that lasts, nor by a look before burn-in', () => {
    let memory = look([30, 60], [55, 60], START, 1).memory;
    expect(memory.bounds).toEqual({});
    for (const day of [5, 10, 20]) {
      const n = day * 500;
      const result = look([n * 0.5, n], [n * 0.54, n], memory, day);
      memory = result.memory;
      expect(result.comparisons[0]!.reasons.map(({ code }) => code)).not.toContain('EFFECT_CHANGING');
    }
    const { highestLower, lowestUpper } = memory.bounds!['new/answered']!;
    expect(highestLower).toBeLessThan(0.04);
    expect(lowestUpper).toBeGreaterThan(0.04);
  });
});
