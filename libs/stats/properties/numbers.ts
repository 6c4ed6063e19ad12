import fc from 'fast-check';

/** Finite numbers at which double arithmetic goes wrong first. */
const EDGES = [
  0,
  -0,
  1,
  -1,
  0.5,
  2,
  5e-324,
  -5e-324,
  2.2250738585072014e-308,
  1e-300,
  1e-160,
  1 - Number.EPSILON / 2,
  1 + Number.EPSILON,
  1e8,
  2 ** 53,
  1e100,
  1e155,
  -1e155,
  1e308,
  -1e308,
  Number.MAX_VALUE,
];

const anyOf = (...weighted: ReadonlyArray<readonly [number, fc.Arbitrary<number>]>): fc.Arbitrary<number> =>
  fc.oneof(...weighted.map(([weight, arbitrary]) => ({ weight, arbitrary })));

/** Log-uniform between two powers of ten. */
const magnitude = (low: number, high: number): fc.Arbitrary<number> =>
  fc.double({ min: low, max: high, noNaN: true }).map((power) => 10 ** power);

const between = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true });

/** Any finite number, the edges among them often. */
export const wild = anyOf(
  [3, fc.constantFrom(...EDGES)],
  [1, fc.double({ noNaN: true, noDefaultInfinity: true })],
  [1, between(-100, 100)],
);

/** What a caller would pass, now and then anything finite: far enough from refusal that the depths are reached. */
const mostly = (usual: fc.Arbitrary<number>): fc.Arbitrary<number> => anyOf([12, usual], [1, wild]);

export const real = mostly(
  anyOf([4, between(-10, 10)], [2, fc.integer({ min: -1000, max: 1000 })], [1, magnitude(-6, 9)], [1, wild]),
);

export const positive = mostly(
  anyOf([4, magnitude(-2, 3)], [2, fc.integer({ min: 1, max: 200 })], [1, magnitude(-12, 12)]),
);

export const probability = mostly(
  anyOf(
    [4, between(0, 1)],
    [2, magnitude(-20, 0)],
    [1, fc.constantFrom(0, 1, 0.5, 0.05, 0.975, 5e-324, 1e-300, 1 - Number.EPSILON / 2)],
  ),
);

/** A level in (0, 1). */
export const level = mostly(anyOf([3, fc.constantFrom(0.05, 0.01, 0.1, 0.001)], [2, between(1e-6, 0.999)]));

/** How many: small, large, now and then not whole. */
export const count = mostly(
  anyOf([5, fc.nat(60)], [3, fc.nat(100_000)], [1, fc.nat(2_000_000_000)], [1, between(0, 100)]),
);

/** Successes among trials, as a pair. */
export const successesOf: fc.Arbitrary<[number, number]> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc
      .tuple(count, between(0, 1))
      .map(([n, share]): [number, number] => [Math.round(share * n), n]),
  },
  { weight: 1, arbitrary: fc.tuple(count, count) },
);

const smallList = (values: fc.Arbitrary<number>, most: number): fc.Arbitrary<number[]> =>
  fc.oneof(
    { weight: 8, arbitrary: fc.array(values, { maxLength: most }) },
    {
      weight: 1,
      arbitrary: fc.tuple(values, fc.nat(most)).map(([value, n]) => new Array<number>(n).fill(value)),
    },
  );

export const reals = smallList(real, 12);
/** Values that tie. */
export const ties = smallList(fc.oneof(fc.integer({ min: 0, max: 4 }), real), 12);
export const counts = smallList(count, 6);
export const weights = smallList(mostly(fc.constantFrom(1, 1, 1, 2, 99, 0)), 6);
export const probabilities = smallList(probability, 8);
/** Observations in [0, 1]. */
export const shares = smallList(mostly(fc.oneof(between(0, 1), fc.constantFrom(0, 1, 0.5))), 20);

/** Two lists of one length, now and then not. */
export const pairOf = (
  a: fc.Arbitrary<number>,
  b: fc.Arbitrary<number>,
  most = 8,
): fc.Arbitrary<[number[], number[]]> =>
  fc.oneof(
    {
      weight: 9,
      arbitrary: fc
        .array(fc.tuple(a, b), { maxLength: most })
        .map((rows): [number[], number[]] => [rows.map(([x]) => x), rows.map(([, y]) => y)]),
    },
    { weight: 1, arbitrary: fc.tuple(fc.array(a, { maxLength: most }), fc.array(b, { maxLength: most })) },
  );
