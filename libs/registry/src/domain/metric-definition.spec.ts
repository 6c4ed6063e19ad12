import { defineMetric, type MetricInput } from './metric-definition.js';

const code = (work: () => unknown): string | null => {
  try {
    work();
    return null;
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('a metric as a person writes it', () => {
  it.each([
    ['proportion', 'max', 'exclude'],
    ['count', 'sum', 'zero'],
    ['mean', 'mean', 'exclude'],
  ] as const)('gets the defaults of a %s', (kind, aggregate, missing) => {
    expect(defineMetric('quality', { kind, direction: 'increase' })).toMatchObject({
      name: 'quality',
      source: 'quality',
      aggregate,
      missing,
      transform: 'none',
      windowDelayS: 0,
      windowLengthS: null,
    });
  });

  it('keeps what was said', () => {
    const metric = defineMetric('spend', {
      kind: 'mean',
      direction: 'increase',
      aggregate: 'sum',
      source: 'purchase',
      missing: 'zero',
      cap: 500,
    });
    expect(metric).toMatchObject({ aggregate: 'sum', source: 'purchase', missing: 'zero', cap: 500 });
  });
});

describe('a contradiction in a metric', () => {
  const base: MetricInput = { kind: 'mean', direction: 'increase' };
  it.each<[string, MetricInput, string]>([
    ['a ratio without its events', { ...base, kind: 'ratio', numerator: 'cost' }, 'RATIO_NEEDS_NUMERATOR'],
    ['a numerator of a mean', { ...base, numerator: 'cost' }, 'METRIC_NOT_CONSISTENT'],
    ['a quantile without its level', { ...base, kind: 'quantile' }, 'QUANTILE_NEEDS_LEVEL'],
    ['a level of a mean', { ...base, quantile: 0.95 }, 'METRIC_NOT_CONSISTENT'],
    ['bounds the wrong way round', { ...base, bounds: [5, 1] }, 'BOUNDS_NOT_ORDERED'],
    ['a proportion beyond one', { ...base, kind: 'proportion', bounds: [0, 5] }, 'METRIC_NOT_CONSISTENT'],
    ['a threshold of a mean', { ...base, threshold: 3 }, 'METRIC_NOT_CONSISTENT'],
    ['logarithms of zero', { ...base, transform: 'log', bounds: [0, 9] }, 'METRIC_NOT_CONSISTENT'],
    ['logarithms of a count', { ...base, kind: 'count', transform: 'log' }, 'METRIC_NOT_CONSISTENT'],
    ['a sum of a proportion', { ...base, kind: 'proportion', aggregate: 'sum' }, 'METRIC_NOT_CONSISTENT'],
    [
      'a ratio of nothing',
      { ...base, kind: 'ratio', numerator: 'a', denominator: 'b', missing: 'zero' },
      'METRIC_NOT_CONSISTENT',
    ],
    ['a cap below the bounds', { ...base, bounds: [1, 5], cap: 1 }, 'METRIC_NOT_CONSISTENT'],
  ])('is refused: %s', (_name, input, expected) => {
    expect(code(() => defineMetric('m', input))).toBe(expected);
  });
});
