import { uniform } from '../testing/seeded.js';
import {
  DEFAULT_DRIFT_BETS,
  startEDetector,
  updateEDetector,
  type EDetectorPlan,
  type EDetectorState,
} from './e-detector.js';

const at = (m: number): { lower: number; upper: number } => ({ lower: m, upper: m });
const after = (plan: EDetectorPlan, scores: readonly number[]): EDetectorState =>
  scores.reduce(updateEDetector, startEDetector(plan));

/** The sum of products of the definition, bet by bet. */
function bruteForce(scores: readonly number[], m: number, down = false): number {
  const towards = (x: number): number => (down ? m - x : x - m);
  return DEFAULT_DRIFT_BETS.reduce((mixed, { share, weight }) => {
    const bet = share / (down ? 1 - m : m);
    let sum = 0;
    for (let from = 0; from < scores.length; from++)
      sum += scores.slice(from).reduce((product, x) => product * (1 + bet * towards(x)), 1);
    return mixed + weight * sum;
  }, 0);
}

/** Scores until the alarm, at most `most`. */
function runLength(plan: EDetectorPlan, draw: (i: number) => number, most: number): number {
  let state = startEDetector(plan);
  for (let i = 0; i < most; i++) {
    state = updateEDetector(state, draw(i));
    if (state.alarmAt !== null) return state.alarmAt;
  }
  return most;
}

const average = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

describe('an e-detector', () => {
  const random = uniform(1);
  const scores = Array.from({ length: 60 }, () => random() ** 2);

  it('is the sum of products over all beginnings, mixed over the bets', () => {
    const up = after({ direction: 'up', baseline: at(0.3), alpha: 0.01 }, scores);
    expect(Math.expm1(up.logOnePlusE) / bruteForce(scores, 0.3)).toBeCloseTo(1, 10);
    const down = after({ direction: 'down', baseline: at(0.6), alpha: 0.01 }, scores);
    expect(Math.expm1(down.logOnePlusE) / bruteForce(scores, 0.6, true)).toBeCloseTo(1, 10);
    const both = after({ direction: 'both', baseline: { lower: 0.3, upper: 0.5 }, alpha: 0.01 }, scores);
    const mixed = (bruteForce(scores, 0.5) + bruteForce(scores, 0.3, true)) / 2;
    expect(Math.expm1(both.logOnePlusE) / mixed).toBeCloseTo(1, 10);
  });

  it('alarms at the first score that brings it to 1/alpha, and keeps that', () => {
    const plan: EDetectorPlan = { direction: 'up', baseline: at(0.2), alpha: 0.01 };
    const first = scores.map(() => 1).findIndex((_, i, ones) => bruteForce(ones.slice(0, i + 1), 0.2) >= 100);
    const done = after(plan, [1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0]);
    expect(done.alarmAt).toBe(first + 1);
    expect(after(plan, new Array<number>(first).fill(1)).alarmAt).toBeNull();
  });

  it('goes on from JSON as if nothing had happened, and stays finite without end', () => {
    const plan: EDetectorPlan = { direction: 'both', baseline: at(0.4), alpha: 0.001 };
    const half = JSON.parse(JSON.stringify(after(plan, scores.slice(0, 30)))) as EDetectorState;
    expect(scores.slice(30).reduce(updateEDetector, half)).toEqual(after(plan, scores));
    const long = after(plan, new Array<number>(20_000).fill(1));
    expect(long.logOnePlusE).toBeGreaterThan(10_000);
    expect(JSON.stringify(long)).not.toContain('null,');
  });

  it('mirrors: a fall of scores is a rise of their complements', () => {
    const down = after({ direction: 'down', baseline: at(0.6), alpha: 0.01 }, scores);
    const mirrored = scores.map((x) => 1 - x);
    const up = after({ direction: 'up', baseline: at(0.4), alpha: 0.01 }, mirrored);
    expect(down.logOnePlusE).toBeCloseTo(up.logOnePlusE, 10);
  });

  it('refuses scores, baselines, bets and states that are none', () => {
    const plan: EDetectorPlan = { direction: 'up', baseline: at(0.5), alpha: 0.01 };
    expect(() => after(plan, [1.1])).toThrow(/score must/);
    expect(() => startEDetector({ ...plan, baseline: at(0) })).toThrow(/baseline.lower/);
    expect(() => startEDetector({ ...plan, baseline: { lower: 0.6, upper: 0.5 } })).toThrow(/baseline/);
    expect(() => startEDetector({ ...plan, bets: [{ share: 1, weight: 1 }] })).toThrow(/share must/);
    expect(() => startEDetector({ ...plan, bets: [] })).toThrow(/no bet/);
    expect(() => updateEDetector({ ...startEDetector(plan), up: [0] }, 1)).toThrow(/sums/);
  });
});

describe('its run length', () => {
  // Cut at eight times the bound: the mean of cut runs is below the mean, so the test is harder than the claim.
  it.each([
    ['up', at(0.3), 0.3],
    ['down', at(0.3), 0.3],
    ['both', at(0.5), 0.5],
    ['both', { lower: 0.45, upper: 0.55 }, 0.55],
  ] as const)(
    'without a change, %s from %j at %d, is 1/alpha or longer on average',
    (direction, baseline, p) => {
      const random = uniform(7);
      const plan: EDetectorPlan = { direction, baseline, alpha: 0.02 };
      const lengths = Array.from({ length: 400 }, () => runLength(plan, () => (random() < p ? 1 : 0), 400));
      expect(average(lengths)).toBeGreaterThanOrEqual(50);
    },
  );

  it('is too short when the scores lie beyond the baseline: the test can see a broken bound', () => {
    const random = uniform(8);
    const plan: EDetectorPlan = { direction: 'up', baseline: at(0.3), alpha: 0.02 };
    const lengths = Array.from({ length: 200 }, () => runLength(plan, () => (random() < 0.6 ? 1 : 0), 400));
    expect(average(lengths)).toBeLessThan(25);
  });

  it.each([
    ['up', 0.1, 0.4],
    ['up', 0.5, 0.7],
    ['both', 0.8, 0.5],
  ] as const)('after a change %s from %d to %d is about ln(1/alpha)/KL', (direction, m, p) => {
    const kl = p * Math.log(p / m) + (1 - p) * Math.log((1 - p) / (1 - m));
    const random = uniform(9);
    const alpha = 1e-4;
    const plan: EDetectorPlan = { direction, baseline: at(m), alpha };
    const delays = Array.from({ length: 200 }, () => {
      const stop = runLength(plan, (i) => (random() < (i < 100 ? m : p) ? 1 : 0), 2000);
      return Math.max(0, stop - 100);
    });
    const ideal = Math.log(1 / alpha) / kl;
    expect(average(delays)).toBeGreaterThan(0.5 * ideal);
    expect(average(delays)).toBeLessThan(1.3 * ideal);
  });
});
