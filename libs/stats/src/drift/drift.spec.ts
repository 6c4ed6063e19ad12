import { cusumPath, pageHinkleyPath } from './control-charts.js';
import { populationStability } from './population-stability.js';
import { cusumRunLength, cusumRunLengthSiegmund, ewmaRunLength } from './run-length.js';

describe('population stability', () => {
  it('is undefined where a side is empty, and untested with one bin', () => {
    expect(populationStability([0, 0], [1, 2])).toBeNull();
    expect(populationStability([5, 0], [7, 0])!.chiSquare).toBeNull();
    expect(() => populationStability([1], [1, 2])).toThrow(/bins/);
  });

  it('is 0 without a change and ln 2 apart', () => {
    expect(populationStability([10, 20], [1, 2])).toMatchObject({ psi: 0, jsd: 0 });
    expect(populationStability([10, 0], [0, 20])!.jsd).toBeCloseTo(Math.LN2, 14);
  });

  it('knows a case by hand: halves against quarters', () => {
    const moved = populationStability([50, 50], [75, 25])!;
    expect(moved.psi).toBeCloseTo(0.25 * Math.log(1.5) + 0.25 * Math.log(2), 14);
    expect(moved.chiSquare!.statistic).toBeCloseTo(
      200 * ((50 * 25 - 50 * 75) ** 2 / (100 * 100 * 125 * 75)),
      12,
    );
  });
});

describe('control charts', () => {
  it('say nothing of nothing, and refuse a scale of 0', () => {
    expect(cusumPath([], { mu0: 0, sigma: 1, k: 0.5, h: 5 }).alarmIndex).toBeNull();
    expect(() => cusumPath([1], { mu0: 0, sigma: 0, k: 0.5, h: 5 })).toThrow(/sigma/);
    expect(pageHinkleyPath([4], { delta: 0, lambda: 0 })).toMatchObject({ alarmIncrease: null });
  });

  it('alarm at the first value beyond the limit, counted from 1', () => {
    const path = cusumPath([0, 2, 2, 2, 2], { mu0: 0, sigma: 1, k: 0.5, h: 4 });
    expect(path.upper).toEqual([0, 1.5, 3, 4.5, 6]);
    expect(path.alarmIndex).toBe(4);
    expect(cusumPath([0, -2, -2, -2], { mu0: 0, sigma: 1, k: 0.5, h: 4 }).alarmIndex).toBe(4);
  });

  it('follows a stream’s own level', () => {
    const path = pageHinkleyPath([1, 1, 1, 5, 5, 5], { delta: 0.1, lambda: 3 });
    expect(path.alarmIncrease).toBe(5);
    expect(path.alarmDecrease).toBeNull();
  });
});

// Montgomery, Introduction to Statistical Quality Control, two-sided CUSUM with k = 0.5.
describe('run lengths', () => {
  it.each([
    [4, 0, 168],
    [4, 0.5, 26.6],
    [4, 1, 8.38],
    [5, 0, 465],
    [5, 1, 10.4],
    [5, 2, 4.01],
  ])('CUSUM h = %d, shift %d: %d', (h, shift, published) => {
    expect(Math.abs(cusumRunLength(0.5, h, shift) / published - 1)).toBeLessThan(0.003);
  });

  it('EWMA without memory is Shewhart’s chart: 370.4 at three sigma', () => {
    expect(ewmaRunLength(1, 3, 0)).toBeCloseTo(370.398, 2);
  });

  // Lucas, Saccucci (1990), Technometrics 32, table 3.
  it('EWMA lambda 0.1, c 2.814: 500', () => {
    expect(Math.abs(ewmaRunLength(0.1, 2.814, 0) / 500 - 1)).toBeLessThan(0.002);
  });

  it('EWMA waits longer the longer its memory is', () => {
    const waits = [0.1, 0.01, 0.001].map((lambda) => ewmaRunLength(lambda, 3, 0));
    expect(waits[1]).toBeGreaterThan(waits[0]!);
    expect(waits[2]).toBeGreaterThan(waits[1]!);
    expect(() => ewmaRunLength(1e-6, 3, 0)).toThrow(/limits/);
  });

  it('says Infinity where a double cannot resolve it, and Siegmund is smooth through mu = k', () => {
    expect(cusumRunLength(2, 20, -5, 'one')).toBe(Infinity);
    expect(cusumRunLengthSiegmund(0.5, 5, 0.5)).toBeCloseTo(6.166 ** 2, 12);
    expect(
      cusumRunLengthSiegmund(0.5, 5, 0.5 + 1e-4) / cusumRunLengthSiegmund(0.5, 5, 0.5 + 0.9e-4),
    ).toBeCloseTo(1, 4);
  });
});
