import { normals, uniform } from '../testing/seeded.js';
import { binnedQuantile, type Bin } from './binned-quantile.js';
import { clusteredIndicatorVariance } from './clustered-indicator.js';

/** Events of units in bins of width 1, as an aggregation would count them: (k − 1, k] for value k − ½. */
function bins(units: ReadonlyArray<readonly number[]>, width = 1): Bin[] {
  const found = new Map<number, { events: number; byUnitEvents: number; squareGrowth: number }>();
  for (const events of units) {
    const counts = new Map<number, number>();
    for (const value of events) {
      const bin = Math.ceil(value / width);
      counts.set(bin, (counts.get(bin) ?? 0) + 1);
    }
    let upTo = 0;
    for (const [bin, e] of [...counts.entries()].sort(([a], [b]) => a - b)) {
      upTo += e;
      const sums = found.get(bin) ?? { events: 0, byUnitEvents: 0, squareGrowth: 0 };
      found.set(bin, {
        events: sums.events + e,
        byUnitEvents: sums.byUnitEvents + e * events.length,
        squareGrowth: sums.squareGrowth + e * (2 * upTo - e),
      });
    }
  }
  return [...found.entries()]
    .sort(([a], [b]) => a - b)
    .map(([bin, sums]) => ({ lower: (bin - 1) * width, upper: bin * width, ...sums }));
}

const spread = Array.from({ length: 300 }, (_, unit) =>
  Array.from({ length: 1 + (unit % 4) }, (_, k) => ((unit * 37 + k * 11) % 100) + 0.5),
);

describe('a quantile from fixed bins', () => {
  it('is undefined without events, and says what is undefined of it', () => {
    expect(binnedQuantile([], 0, 0.5)).toBeNull();
    expect(binnedQuantile(bins([[1, 2, 3]]), 1, 0.5)).toMatchObject({ variance: null, designEffect: null });
    // 30 events have 1.5 beyond the 95 % quantile: too few.
    const few = Array.from({ length: 30 }, (_, i) => [i + 0.5]);
    expect(binnedQuantile(bins(few), 30, 0.95)).toMatchObject({ events: 30, variance: null });
    expect(() => binnedQuantile(bins(few), 30, 1)).toThrow(/nu/);
    expect(() => binnedQuantile([...bins(few)].reverse(), 30, 0.5)).toThrow(/lower/);
  });

  it('lies where the share of events says, between the ends of its bin', () => {
    // 100 units, one event in each of the bins 1 to 100.
    const even = Array.from({ length: 100 }, (_, i) => [i + 0.5]);
    expect(binnedQuantile(bins(even), 100, 0.25)!.value).toBeCloseTo(25, 12);
    expect(binnedQuantile(bins(even), 100, 0.253)!.value).toBeCloseTo(25.3, 12);
  });

  it('has the clustered variance of the events themselves at the end of a bin next to it', () => {
    const found = binnedQuantile(bins(spread), spread.length, 0.9)!;
    const all = spread.flat();
    const shareUpTo = (end: number) => all.filter((x) => x <= end).length / all.length;
    const ends = Array.from({ length: 99 }, (_, i) => i + 1);
    const end = ends.reduce((a, b) => (Math.abs(shareUpTo(b) - 0.9) < Math.abs(shareUpTo(a) - 0.9) ? b : a));
    const [s, n] = [
      spread.map((events) => events.filter((x) => x <= end).length),
      spread.map((e) => e.length),
    ];
    const product = (a: number[], b: number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
    const total = (a: number[]) => a.reduce((sum, x) => sum + x, 0);
    const between = clusteredIndicatorVariance({
      ...{ clusters: 300, sumS: total(s), sumN: total(n) },
      ...{ sumSS: product(s, s), sumNN: product(n, n), sumSN: product(s, n) },
    })!;
    const share = total(s) / total(n);
    expect(found.events).toBe(total(n));
    expect(found.designEffect).toBeCloseTo(between / ((share * (1 - share)) / total(n)), 10);
  });

  it('does not depend on the width of bins by more than a bin', () => {
    const fine = binnedQuantile(bins(spread, 0.25), 300, 0.5)!;
    const coarse = binnedQuantile(bins(spread, 2), 300, 0.5)!;
    expect(Math.abs(fine.value - coarse.value)).toBeLessThan(2);
    expect(Math.sqrt(coarse.variance! / fine.variance!)).toBeCloseTo(1, 1);
  });

  it('keeps its level where units repeat themselves, and would not without them', () => {
    const [random, normal] = [uniform(20_260_105), normals(20_260_106)];
    const draw = () => {
      const units = Array.from({ length: 200 }, () => {
        const level = 100 + 12 * normal();
        return Array.from({ length: 1 + Math.floor(8 * random()) }, () =>
          Math.max(0.5, level + 5 * normal()),
        );
      });
      return binnedQuantile(bins(units, 0.5), 200, 0.9)!;
    };
    let [rejects, naive] = [0, 0];
    const runs = 300;
    for (let run = 0; run < runs; run += 1) {
      const [a, b] = [draw(), draw()];
      const z = (clustered: boolean) =>
        Math.abs(b.value - a.value) /
        Math.sqrt(
          a.variance! / (clustered ? 1 : a.designEffect!) + b.variance! / (clustered ? 1 : b.designEffect!),
        );
      if (z(true) > 1.96) rejects += 1;
      if (z(false) > 1.96) naive += 1;
    }
    // 5 % of 300 with three standard errors to either side.
    expect(rejects / runs).toBeGreaterThan(0.012);
    expect(rejects / runs).toBeLessThan(0.088);
    expect(naive / runs).toBeGreaterThan(0.15);
  });
});
