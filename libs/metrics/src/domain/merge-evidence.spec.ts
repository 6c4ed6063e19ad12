import { type EvidenceRows, mergeEvidence } from './merge-evidence.js';

const at = (text: string): Date => new Date(`2026-01-${text}Z`);

const ROWS: EvidenceRows = {
  epochs: [
    { number: 1, weights: { a: 1, b: 1 } },
    { number: 2, weights: { a: 9, b: 1 } },
  ],
  exposures: [
    {
      epoch: 1,
      variant: 'a',
      units: 3,
      crossingUnits: 1,
      carriedUnits: 0,
      firstAt: at('05T00:00'),
      lastAt: at('06T00:00'),
    },
    {
      epoch: 1,
      variant: 'b',
      units: 2,
      crossingUnits: 0,
      carriedUnits: 4,
      firstAt: at('05T06:00'),
      lastAt: at('07T00:00'),
    },
  ],
  metrics: [{ metricId: 'm', key: 'quality', version: 1, kind: 'mean' }],
  buckets: [
    {
      metricId: 'm',
      epoch: 1,
      variant: 'a',
      moments: { n: 2, mean: 2, m2: 2 },
      openUnits: 1,
      lastAt: at('08T00:00'),
    },
    { metricId: 'm', epoch: 1, variant: 'a', moments: { n: 1, mean: 5, m2: 0 }, openUnits: 2, lastAt: null },
    {
      metricId: 'm',
      epoch: 1,
      variant: 'b',
      moments: { n: 1, mean: 7, m2: 0 },
      openUnits: 0,
      lastAt: at('07T00:00'),
    },
  ],
};

describe('mergeEvidence', () => {
  it('merges the buckets of an arm into what its units have together', () => {
    const { metrics } = mergeEvidence('s', at('12T00:00'), ROWS);
    // Units 1, 3 and 5: mean 3, centred squares 4 + 0 + 4.
    expect(metrics[0]!.epochs).toEqual([
      { number: 1, arms: { a: { n: 3, mean: 3, m2: 8 }, b: { n: 1, mean: 7, m2: 0 } } },
    ]);
    expect(metrics[0]!.openUnits).toEqual({ a: 3, b: 0 });
    expect(metrics[0]!.lastAt).toEqual(at('08T00:00'));
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
    const evidence = mergeEvidence('s', at('12T00:00'), { ...ROWS, exposures: [], buckets: [] });
    expect(evidence).toMatchObject({ fullDays: 0, firstExposureAt: null, lastOutcomeAt: null });
    expect(evidence.metrics[0]).toMatchObject({ epochs: [], lastAt: null });
  });
});
