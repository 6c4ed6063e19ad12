import * as stats from '../src/index.js';
import { soundNumber, type Meaning } from './meaning.js';
import { REFUSED, resultOf } from './result.js';

const arm = (n: number, mean: number, m2: number) => ({ n, mean, m2 });
const table = (x1: number, n1: number, x2: number, n2: number) => ({ x1, n1, x2, n2 });
const pair = (mean1: number, variance1: number, mean2: number, variance2: number) => ({
  mean1,
  variance1,
  mean2,
  variance2,
});

/** Calls that once gave NaN, an interval the wrong way round or no answer within a minute; found by the properties. */
const CALLS: ReadonlyArray<readonly [name: keyof typeof stats, args: readonly unknown[], meaning?: Meaning]> =
  [
    // Figures beyond the range of doubles.
    [
      'linearContrast',
      [
        {
          kind: 'contrast',
          control: { value: 0, variance: 0, pooled: arm(0, 0, 0) },
          treatment: { value: 1, variance: 1, pooled: arm(2, 0, 1) },
          n: 0,
          difference: 0,
          se: 1,
        },
        1e308,
      ],
      'notNegative',
    ],
    ['meansPower', [{ var1: 5e-324, var2: 0, ratio: 1, alpha: 0.05, sides: 2 }, 0, 4]],
    [
      'bernoulliInterval',
      [{ sum: 1.891312779731122e-304, n: 17, alpha: 0.9999999999999999, tOpt: 1, alphaOpt: 0.05 }],
      'interval',
    ],
    ['momentsOf', [[1e308, -230, 1e308]]],
    ['addToMoments', [arm(-1, 1e181, 1), 1]],
    ['mergeMoments', [arm(444, 1, 1), arm(5, -3e202, -2e-27)]],
    [
      'pairMomentsOf',
      [
        [1, 1e308],
        [-2, 1],
      ],
    ],
    ['pairMomentsOf', [[1, 2], []]],
    ['vectorMomentsOf', [[[1, 1e308, -1e308]]]],
    [
      'mergeVectorMoments',
      [
        {
          n: 1,
          mean: [1, 2],
          comoments: [
            [0, 0],
            [0, 0],
          ],
        },
        { n: 1, mean: [1], comoments: [[0]] },
      ],
    ],
    ['welchDf', [1, 1, 0, 1], 'notNegative'],
    ['testEstimate', [0, 0, 5, 0.05]],
    ['testEstimate', [-995, -1e155, 1, 0.001]],
    ['nonInferiority', [-1e308, 1, 5, -1e308]],
    ['deltaLift', [pair(-8e-323, 0, 994, 8)]],
    ['deltaLiftTest', [pair(4e-137, 1, 1e308, 1), 187, 0.05]],
    ['logRatioLift', [pair(1e9, 1, 7e-323, 1), 0.05]],
    ['logRatioLift', [pair(4e-137, 1, 1e308, 1), 0.39]],
    ['fiellerSet', [{ ...pair(-15, 0.01, -133, 1), quantile: 1e308 }]],
    ['oneWayAnova', [[arm(0, 0, 1), arm(3e165, -1e155, 5e-324)]]],
    ['compareCuped', [arm(98887, -7e-323, 9e15), arm(86715, 1, 0), 0.05]],
    [
      'lastCoefficient',
      [
        [
          [1, 1, 1],
          [1, 2, 4],
        ],
        [1e200, -1e200, 1e300],
      ],
    ],
    [
      'srmFixed',
      [
        [1, 1],
        [1e308, 1e308],
      ],
    ],
    [
      'srmFixed',
      [
        [1, 1],
        [5e-324, 1e308],
      ],
    ],
    ['cusumPath', [[1e308, -1e308], { mu0: 0, sigma: 1e-10, k: 1, h: 1 }], 'notNegative'],
    ['pageHinkleyPath', [[1e308, 1e308], { delta: 0, lambda: 1 }], 'notNegative'],
    [
      'populationStability',
      [
        [1e308, 1e308],
        [1, 1],
      ],
    ],
    ['spent', [{ type: 'asHSD', gamma: -997 }, 0.5, 0.05], 'probability'],
    ['twoSidedRadius', [1, 1e-200, 0.05], 'notNegative'],
    ['normalLogMixture', [-1e200, 1, { vOpt: 1, oneSided: true }]],
    // Arguments that no formula was made for.
    ['kolmogorovSf', [2e-323], 'probability'],
    ['restrictedP1', [table(0, 25, 0, 99), 9], 'probability'],
    ['pooledZ', [table(0, 55, 0, 2.5e-323)]],
    ['jeffreysInterval', [0, 13520, 1 - 2 ** -53], 'interval'],
    [
      'futilityDesign',
      [
        {
          informationRates: [0.5, 1],
          alpha: 0.999,
          sided: 1,
          type: 'asP',
          beta: 0.001,
          betaSpending: { type: 'asP' },
          binding: true,
        },
      ],
    ],
    ['logBetaBinomialMixture', [-15, 0.01, 57, 1, 1]],
    ['betaBinomialLogMixture', [-15, 0.01, { vOpt: 57, g: 1, h: 1 }]],
    ['pooledPower', [{ p1: 0, p2: 1, alpha: 0.05, sides: 2 }, 1], 'probability'],
    ['integrityReport', [{ epochs: [], crossing: { units: 0, exposed: 0 }, previousSrmP: -1 }]],
    ['wilsonInterval', [0, 1, 5e-324], 'interval'],
    ['newcombeInterval', [table(0, 1, 0, 1), 5e-324], 'interval'],
    ['restrictedP1', [table(0, 1e308, 0, 5e-324), 0], 'probability'],
    ['clusteredQuantile', [[[], [1, 0]], 5e-324]],
    ['bettingMartingale', [[0], 0, 5e-324, { theta: 1, truncScale: 5e-324 }], 'notNegative'],
    ['harmLevels', [[{}], 1 + Number.EPSILON, 1], 'probability'],
    // Calls that took minutes.
    ['studentTCdf', [-4e-84, 5e-324], 'probability'],
    ['gammaCdf', [1.7e308, 7, 1], 'probability'],
    ['chiSquaredQuantile', [7e-323, 2 ** 53], 'notNegative'],
    ['betaCdf', [7e-323, 2 ** 53, 1e308], 'probability'],
    ['fCdf', [1, 1, 1e-12], 'probability'],
    ['fisherExact', [table(1e-102, 45, 6e150, 8e161)]],
    ['fisherExact', [table(1e14, 1e15, 1e14, 1e15)]],
    ['dunnettTest', [arm(6, 0, 195), [arm(36784, 239, 8), arm(1563383464, 0, 1000)], 0.001]],
    [
      'probMeanGreater',
      [
        { mean: 988, df: 2e64, scale: 1 },
        { mean: 10, df: 1, scale: 154 },
      ],
      'probability',
    ],
    [
      'probBestOfBetas',
      [
        [
          { a: 1e15, b: 1 },
          { a: 1, b: 1e15 },
          { a: 1e-6, b: 1 },
        ],
      ],
      'probability',
    ],
    ['tSampleSize', [{ effectSize: 1e-300, ratio: 1, alpha: 0.05 }, 0.8], 'notNegative'],
    // Ends of an interval that are one number, in the wrong order by a last digit.
    ['compareBetas', [{ a: 1, b: 0.5 }, { a: 457, b: 5.490678225286382 }, 0.9999999999999999]],
    ['cusumRunLengthSiegmund', [2.2250738585072014e-308, 1e308, 0], 'notNegative'],
    // A lift beyond every double, from a control next to zero.
    [
      'liftInterval',
      [
        {
          control: { value: 1.8e-308, variance: 0, pooled: { n: 0, mean: 0, m2: 0 } },
          treatment: { value: 0, variance: 1, pooled: { n: 0, mean: 0, m2: 1 } },
          n: 1,
          difference: 1.797e308,
          se: 1,
        },
        1,
        0.1,
      ],
    ],
  ];

describe('calls that once went wrong', () => {
  it.each(
    CALLS.map(([name, args, meaning = 'number']): [keyof typeof stats, readonly unknown[], Meaning] => [
      name,
      args,
      meaning,
    ]),
  )('%s(%j) is sound or refused', (name, args, meaning) => {
    const result = resultOf(() => (stats[name] as (...values: unknown[]) => unknown)(...args));
    if (result !== REFUSED) soundNumber(result, meaning, name);
  });

  it('keeps a t posterior of many units apart from one of more', () => {
    // ln cosh of 10⁻⁵ lost ten digits: with 10¹² degrees of freedom both are normal.
    const p = stats.probMeanGreater({ mean: 0, df: 1e12, scale: 1 }, { mean: 1, df: 1e12, scale: 1 });
    expect(p).toBeCloseTo(stats.normalCdf(Math.SQRT1_2), 10);
  });
});
