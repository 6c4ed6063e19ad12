import { binEdges } from './quantile-bin.js';
import { type EvidenceRows, mergeEvidence } from './merge-evidence.js';

const at = (text: string): Date => new Date(`2026-01-${text}Z`);

const ROWS: EvidenceRows = {
  epochs: [
    { number: 1, weights: { a: 1, b: 1 } },
    { number: 2, weights: { a: 9, b: 1 } },
  ],
  exposures: [
    { epoch: 1, variant: 'a', units: 3, crossingUnits: 1, carriedUnits: 0 },
    { epoch: 1, variant: 'b', units: 2, crossingUnits: 0, carriedUnits: 4 },
  ],
  firstExposureAt: at('05T00:00'),
  lastExposureAt: at('07T00:00'),
  metrics: [{ metricId: 'm', key: 'quality', version: 1, kind: 'mean', quantile: null, bounds: null }],
  moments: [
    {
      ...{ metricId: 'm', epoch: 2, variant: 'a', openUnits: 2, lastAt: null },
      moments: { n: 1, mean: 5, m2: 0 },
    },
    {
      ...{ metricId: 'm', epoch: 1, variant: 'a', openUnits: 1, lastAt: at('08T00:00') },
      moments: { n: 2, mean: 2, m2: 2 },
    },
    {
      ...{ metricId: 'm', epoch: 1, variant: 'b', openUnits: 0, lastAt: at('07T00:00') },
      moments: { n: 1, mean: 7, m2: 0 },
    },
  ],
  bins: [],
};

describe('mergeEvidence', () => {
  it('puts epochs and arms in order, with what is open and when the last event was', () => {
    const { metrics, lastOutcomeAt } = mergeEvidence('s', at('12T00:00'), ROWS);
    expect(metrics[0]!.epochs).toEqual([
      { number: 1, arms: { a: { n: 2, mean: 2, m2: 2 }, b: { n: 1, mean: 7, m2: 0 } } },
      { number: 2, arms: { a: { n: 1, mean: 5, m2: 0 } } },
    ]);
    expect(metrics[0]!.openUnits).toEqual({ a: 3, b: 0 });
    expect(metrics[0]!.lastAt).toEqual(at('08T00:00'));
    expect(lastOutcomeAt).toEqual(at('08T00:00'));
  });

  it('keeps epochs without units and their weights', () => {
    expect(mergeEvidence('s', at('12T00:00'), ROWS).epochs).toEqual([
      { number: 1, weights: { a: 1, b: 1 }, units: { a: 3, b: 2 } },
      { number: 2, weights: { a: 9, b: 1 }, units: {} },
    ]);
  });

  it('counts crossing and carried units apart from the arms and together in what was exposed', () => {
    const evidence = mergeEvidence('s', at('12T00:00'), ROWS);
    expect(evidence.crossing).toEqual({ units: 1, exposed: 10 });
    expect(evidence.carriedUnits).toBe(4);
  });

  it('counts full days only', () => {
    expect(mergeEvidence('s', at('11T23:59'), ROWS).fullDays).toBe(6);
    expect(mergeEvidence('s', at('12T00:00'), ROWS).fullDays).toBe(7);
    expect(mergeEvidence('s', at('04T00:00'), ROWS).fullDays).toBe(0);
  });

  it('knows nothing of a subject without exposures', () => {
    const nothing = { ...ROWS, exposures: [], moments: [], firstExposureAt: null, lastExposureAt: null };
    const evidence = mergeEvidence('s', at('12T00:00'), nothing);
    expect(evidence).toMatchObject({ fullDays: 0, firstExposureAt: null, lastOutcomeAt: null });
    expect(evidence.metrics[0]).toMatchObject({ epochs: [], lastAt: null });
  });

  it('reads a quantile of each epoch and of all of them together', () => {
    const bin = (epoch: number, number: number, events: number) => ({
      ...{ metricId: 'm', variant: 'a', epoch, bin: number, events },
      // Units with one event each.
      ...{ byUnitEvents: events, squareGrowth: events },
    });
    const { metrics } = mergeEvidence('s', at('12T00:00'), {
      ...ROWS,
      metrics: [{ ...ROWS.metrics[0]!, kind: 'quantile', quantile: 0.5, bounds: [0, 1000] }],
      bins: [bin(1, 10, 40), bin(1, 20, 40), bin(2, 30, 160)],
    });
    const value = (epoch: number) => metrics[0]!.epochs[epoch]!.arms['a']!.quantile!.value;
    expect([value(0), value(1), metrics[0]!.quantiles!['a']!.value]).toEqual([10, 29.5, 29.25]);
  });
});

describe('bins', () => {
  it('grow by one percent, mirrored around 0', () => {
    expect(binEdges(0, null)).toEqual([0, 0]);
    expect(binEdges(10_001, null)).toEqual([1, 1.01]);
    expect(binEdges(-10_001, null)).toEqual([-1.01, -1]);
    const [lower, upper] = binEdges(10_700, null);
    expect(upper / lower).toBeCloseTo(1.01, 12);
  });

  it('are equal between declared bounds', () => {
    expect(binEdges(0, [1, 5])).toEqual([1, 1]);
    expect(binEdges(1000, [1, 5])).toEqual([4.996, 5]);
  });
});
