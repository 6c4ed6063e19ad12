import fc from 'fast-check';
import type {
  ArmMoments,
  Moments,
  PairMoments,
  PairedMoments,
  TwoProportions,
  VectorMoments,
} from '../src/index.js';
import { REFUSED, resultOf } from './result.js';
import { count, positive, real, successesOf, wild } from './numbers.js';

/** Mean and centred sum of squares as they come from units, now and then impossible ones. */
export const moments: fc.Arbitrary<Moments> = fc.oneof(
  { weight: 9, arbitrary: fc.record({ n: count, mean: real, m2: fc.oneof(positive, fc.constant(0)) }) },
  { weight: 2, arbitrary: fc.record({ n: fc.integer({ min: 2, max: 500 }), mean: real, m2: positive }) },
  { weight: 1, arbitrary: fc.record({ n: wild, mean: wild, m2: wild }) },
);

/** A second variable whose co-moment is possible (|comoment|² ≤ m2 × m2), now and then not. */
const paired = (m2: number): fc.Arbitrary<PairedMoments> =>
  fc.oneof(
    {
      weight: 9,
      arbitrary: fc
        .record({
          mean: real,
          m2: fc.oneof(positive, fc.constant(0)),
          correlation: fc.double({ min: -1, max: 1, noNaN: true }),
        })
        .map(({ mean, m2: own, correlation }) => ({
          mean,
          m2: own,
          comoment: correlation * Math.sqrt(Math.abs(m2)) * Math.sqrt(Math.abs(own)),
        })),
    },
    { weight: 1, arbitrary: fc.record({ mean: wild, m2: wild, comoment: wild }) },
  );

export const armMoments: fc.Arbitrary<ArmMoments> = moments.chain((own) =>
  fc.record(
    {
      n: fc.constant(own.n),
      mean: fc.constant(own.mean),
      m2: fc.constant(own.m2),
      meanRest: fc.constantFrom(0, 1e-20),
      denominator: paired(own.m2),
      covariate: paired(own.m2),
    },
    { requiredKeys: ['n', 'mean', 'm2'] },
  ),
);

export const pairMoments: fc.Arbitrary<PairMoments> = moments.chain((own) =>
  paired(own.m2).map(({ mean, m2, comoment }) => ({
    n: own.n,
    x: { mean: own.mean, m2: own.m2 },
    y: { mean, m2 },
    comoment,
  })),
);

/** Moments of k columns: of raw values, so that the matrix is one; now and then any numbers. */
export const vectorMoments = (
  columns: number,
  of: (raw: number[][]) => VectorMoments,
): fc.Arbitrary<VectorMoments> =>
  fc.oneof(
    {
      weight: 9,
      arbitrary: fc
        .array(fc.tuple(...new Array<fc.Arbitrary<number>>(columns).fill(real)), {
          minLength: 0,
          maxLength: 8,
        })
        .map((rows) => Array.from({ length: columns }, (_, i) => rows.map((row) => row[i]!)))
        .filter((raw) => resultOf(() => of(raw)) !== REFUSED)
        .map(of),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        n: count,
        mean: fc.array(wild, { maxLength: columns }),
        comoments: fc.array(fc.array(wild, { maxLength: columns }), { maxLength: columns }),
      }),
    },
  );

export const twoProportions: fc.Arbitrary<TwoProportions> = fc
  .tuple(successesOf, successesOf)
  .map(([[x1, n1], [x2, n2]]) => ({ x1, n1, x2, n2 }));
