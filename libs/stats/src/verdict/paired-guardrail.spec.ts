import { pairMomentsOf } from '../accumulators/pair-moments.js';
import { vectorMomentsOf } from '../accumulators/vector-moments.js';
import { pairedRatios } from '../ratios/paired-ratios.js';
import { uniform } from '../testing/seeded.js';
import { evaluateGuardrail } from './guardrail.js';
import { evaluatePairedGuardrail } from './paired-guardrail.js';
import type { MetricPlan } from './types.js';

const score: MetricPlan = {
  ...{ key: 'quality', role: 'guardrail', kind: 'mean', direction: 'increase', bounds: [0, 1] },
  margin: { value: 0.05, type: 'absolute', isDefault: false },
};
const errors: MetricPlan = {
  ...{ key: 'errors', role: 'guardrail', kind: 'proportion', direction: 'decrease' },
  margin: { value: 0.05, type: 'absolute', isDefault: false },
};
const judge = (x: readonly number[], y: readonly number[], metric = score, more = {}) =>
  evaluatePairedGuardrail({ metric, pairs: pairMomentsOf(x, y), alpha: 0.05, nStar: 500, ...more });

/** Values of units that have much in common on both sides. */
function alike(n: number, shift: number, seed: number): [number[], number[]] {
  const random = uniform(seed);
  const x: number[] = [];
  const y: number[] = [];
  for (let i = 0; i < n; i += 1) {
    const common = random();
    x.push(0.8 * common + 0.2 * random());
    y.push(0.8 * common + 0.2 * random() + shift);
  }
  return [x, y];
}

describe('a guardrail over pairs', () => {
  it('passes at no loss, and does not at a loss of the margin', () => {
    const [x, same] = alike(400, 0, 1);
    expect(judge(x, same)).toMatchObject({ outcome: 'pass', missing: null, marginAbsolute: 0.05 });
    const [, worse] = alike(400, -0.05, 1);
    expect(judge(x, worse).outcome).toBe('undecided');
  });

  it('needs fewer units than two arms do, because what both values share cancels out', () => {
    const [x, y] = alike(150, 0, 2);
    const epoch = ({ mean, m2 }: { mean: number; m2: number }) => [
      { number: 1, moments: { n: 150, mean, m2 } },
    ];
    const pairs = pairMomentsOf(x, y);
    const apart = evaluateGuardrail({
      ...{ metric: score, control: epoch(pairs.x), treatment: epoch(pairs.y), nStar: 1000 },
      ...{ alphaNonInferiority: 0.05, harmAlpha: 0.01, previousHarmP: 1 },
    });
    expect(apart.outcome).toBe('undecided');
    expect(judge(x, y).outcome).toBe('pass');
  });

  it('says the same in any unit: of values and margin times ten', () => {
    const [x, y] = alike(400, -0.01, 3);
    const tenfold = { ...score, bounds: [0, 10] as const, margin: { ...score.margin!, value: 0.5 } };
    const ten = (values: readonly number[]) => values.map((value) => 10 * value);
    expect(judge(ten(x), ten(y), tenfold).bound).toBeCloseTo(10 * judge(x, y).bound!, 9);
  });

  it('takes a relative margin of the control, in either direction', () => {
    const [x, y] = alike(400, 0, 4);
    const relative = (value: number, direction: 'increase' | 'decrease') =>
      judge(x, y, { ...score, direction, margin: { value, type: 'relative', isDefault: false } });
    expect(relative(0.1, 'increase').outcome).toBe('pass');
    expect(relative(0.1, 'decrease').outcome).toBe('pass');
    expect(relative(0.001, 'increase').outcome).toBe('undecided');
    expect(relative(0.1, 'increase').marginAbsolute).toBeCloseTo(0.1 * pairMomentsOf(x, y).x.mean, 12);
  });

  it('decides by exact sequences before burn-in, so that no error at all can pass', () => {
    const none = Array.from({ length: 600 }, () => 0);
    expect(judge(none, none, errors)).toMatchObject({ outcome: 'pass', difference: 0 });
    expect(judge(none.slice(0, 20), none.slice(0, 20), errors).outcome).toBe('undecided');
    const twice = Array.from({ length: 2000 }, (_, i) => Number(i % 50 === 0));
    expect(judge(twice, twice, errors)).toMatchObject({ outcome: 'pass', missing: null });
    const some = none.map((_, i) => Number(i % 10 === 0));
    expect(judge(none, some, errors).outcome).toBe('undecided');
  });

  it('waits: without pairs, without enough of them, without variance', () => {
    expect(judge([], [])).toMatchObject({ outcome: 'undecided', bound: null, difference: null });
    expect(judge([0.5, 0.6], [0.5, 0.6]).missing).toMatch(/of 100 units/);
    const same = Array.from({ length: 200 }, () => 0.5);
    expect(judge(same, same)).toMatchObject({ outcome: 'undecided', bound: null, missing: 'no variance' });
  });

  it('passes a margin wider by the factor of a stage', () => {
    const [x, y] = alike(150, -0.06, 5);
    expect(judge(x, y).outcome).toBe('undecided');
    expect(judge(x, y, score, { marginFactor: 4 }).outcome).toBe('pass');
  });

  it('passes a ratio at the margin in at most 5 % of runs, linearised', () => {
    const dear: MetricPlan = {
      ...{ key: 'cost', role: 'guardrail', kind: 'ratio', direction: 'decrease' },
      margin: { value: 0.1, type: 'relative', isDefault: false },
    };
    let [passed, proven] = [0, 0];
    const runs = 200;
    for (let run = 0; run < runs; run += 1) {
      // A unit's tokens differ by model, and its cost by how dear its questions are: 1.1 at the margin, 1 at no loss.
      const random = uniform(5000 + run);
      const units = Array.from({ length: 2400 }, () => {
        const price = 0.5 + random();
        const [asked, other] = [1 + Math.floor(9 * random()), 1 + Math.floor(9 * random())];
        return { asked, other, cost: asked * price, alike: other * price, worse: 1.1 * other * price };
      });
      const sides = (n: number, of: 'alike' | 'worse') => {
        const first = units.slice(0, n);
        const pairs = pairedRatios(
          vectorMomentsOf([
            first.map(({ cost }) => cost),
            first.map(({ asked }) => asked),
            first.map((unit) => unit[of]),
            first.map(({ other }) => other),
          ]),
        )!;
        return evaluatePairedGuardrail({ metric: dear, pairs, alpha: 0.05, nStar: 1200 });
      };
      let ever = false;
      for (let n = 1000; n <= 2400 && !ever; n += 100) ever = sides(n, 'worse').outcome === 'pass';
      passed += Number(ever);
      proven += Number(sides(2400, 'alike').outcome === 'pass');
    }
    expect(passed / runs).toBeLessThanOrEqual(0.05 + 3 * Math.sqrt((0.05 * 0.95) / runs));
    expect(proven / runs).toBeGreaterThan(0.9);
    expect(judge([1, 2], [1, 2], dear).missing).toBe('2 of 1000 units in the smaller arm');
  });

  it('passes a loss of the margin in at most 5 % of runs, looked at after every tenth unit', () => {
    let passed = 0;
    const runs = 400;
    for (let run = 0; run < runs; run += 1) {
      const [x, y] = alike(600, -0.05, 1000 + run);
      let ever = false;
      for (let n = 100; n <= 600 && !ever; n += 10) {
        ever = judge(x.slice(0, n), y.slice(0, n)).outcome === 'pass';
      }
      passed += Number(ever);
    }
    // Three Monte-Carlo errors.
    expect(passed / runs).toBeLessThanOrEqual(0.05 + 3 * Math.sqrt((0.05 * 0.95) / runs));
  });
});
