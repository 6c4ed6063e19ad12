import { buildLook, proportionEvidence, successMetric } from '../testing/look.builder.js';
import { analyseLook } from './analyse-look.js';
import { contrastOf, type Contrast } from './contrast.js';
import { fadingEffect, remember } from './fading.js';
import type { PastEstimate } from './types.js';

/** Two arms of `units` each, with these shares of successes. */
function contrast(units: number, control: number, treatment: number): Contrast {
  const { epochs } = proportionEvidence(successMetric, [units * control, units], [units * treatment, units]);
  const { old, new: fresh } = epochs[0]!.arms;
  const result = contrastOf('proportion', [{ number: 1, moments: old! }], [{ number: 1, moments: fresh! }]);
  if (result.kind !== 'contrast') throw new Error(result.reason);
  return result;
}

const at = (day: number, of: Contrast): PastEstimate => ({ day, estimate: of.difference, se: of.se });

const fresh = (estimates: PastEstimate[]) => ({ estimates, borneOut: false });

describe('an effect that fades', () => {
  it('is held to clearer evidence once it was borne out', () => {
    const estimates = [at(5, contrast(2_500, 0.4, 0.45))];
    const seen = (treatment: number, borneOut: boolean) =>
      fadingEffect(
        successMetric,
        { estimates, borneOut },
        { day: 7, contrast: contrast(3_500, 0.4, treatment) },
      ) !== null;
    expect([seen(0.44, false), seen(0.44, true)]).toEqual([true, false]);
    expect([seen(0.42, false), seen(0.42, true)]).toEqual([true, true]);
  });

  it('is seen when the units of the last days gain clearly less than those before', () => {
    // Five days of +10 points, then two of nothing: 500 units a day and arm.
    const history = [at(5, contrast(2_500, 0.4, 0.5))];
    const now = contrast(3_500, 0.4, 0.4 + 250 / 3_500);
    expect(fadingEffect(successMetric, fresh(history), { day: 7, contrast: now })).toEqual({
      days: 2,
      before: expect.closeTo(0.1) as number,
      recent: expect.closeTo(0, 2) as number,
    });
  });

  it('is not seen in one that stays, grows, or only wavers', () => {
    const history = [at(5, contrast(2_500, 0.4, 0.5))];
    for (const treatment of [0.5, 0.52, 0.498])
      expect(
        fadingEffect(successMetric, fresh(history), { day: 7, contrast: contrast(3_500, 0.4, treatment) }),
      ).toBeNull();
  });

  it('follows the direction of the metric: a falling error rate that stops falling fades too', () => {
    const fewer = { ...successMetric, direction: 'decrease' as const };
    const history = [at(5, contrast(2_500, 0.4, 0.3))];
    const now = { day: 7, contrast: contrast(3_500, 0.4, 0.4 - 250 / 3_500) };
    expect(fadingEffect(fewer, fresh(history), now)).not.toBeNull();
    expect(fadingEffect(successMetric, fresh(history), now)).toBeNull();
  });

  it('compares stretches of two days to half of the time', () => {
    const strong = contrast(2_500, 0.4, 0.5);
    const weak = contrast(3_500, 0.4, 0.44);
    const seen = (past: number, day: number) =>
      fadingEffect(successMetric, fresh([at(past, strong)]), { day, contrast: weak }) !== null;
    expect([seen(6, 7), seen(5, 7), seen(4, 7), seen(3, 7)]).toEqual([false, true, true, false].slice(0, 4));
  });

  it('remembers one estimate a day, and none that no later look can use', () => {
    const now = { day: 10, contrast: contrast(100, 0.4, 0.5) };
    const history = [3, 4, 5, 9, 10].map((day) => at(day, contrast(50, 0.4, 0.5)));
    expect(remember(history, now).map(({ day }) => day)).toEqual([5, 9, 10]);
  });

  it('keeps the verdict at KEEP_RUNNING, says so, and lets it ship when the gain comes back', () => {
    const look = (day: number, units: number, successes: number, memory = start) =>
      analyseLook(
        buildLook({
          fullDays: day,
          memory,
          metrics: [proportionEvidence(successMetric, [0.4 * units, units], [successes, units])],
        }),
      );
    const start = { harmP: {}, srmP: 1 };
    const fifth = look(5, 5_000, 2_500);
    const seventh = look(7, 7_000, 3_300, fifth.memory);
    expect(seventh.comparisons[0]).toMatchObject({
      verdict: 'KEEP_RUNNING',
      reasons: expect.arrayContaining([
        expect.objectContaining({ code: 'EFFECT_FADING', metric: 'answered' }),
        expect.objectContaining({ code: 'BETTER' }),
      ]) as unknown,
    });
    const ninth = look(9, 9_000, 4_400, seventh.memory);
    expect(ninth.comparisons[0]!.verdict).toBe('SHIP');
    // Without the memory the same figures ship: it is the memory that holds it back.
    expect(look(7, 7_000, 3_300).comparisons[0]!.verdict).toBe('SHIP');
  });
});
