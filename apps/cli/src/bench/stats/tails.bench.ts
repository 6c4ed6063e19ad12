import { betaSf, binomialCdf, chiSquaredSf, fSf, normalSf, studentTSf } from '@app/stats';
import betainc from '@stdlib/math-base-special-betainc';
import erfc from '@stdlib/math-base-special-erfc';
import gammainc from '@stdlib/math-base-special-gammainc';
import { inTurn, median, type BenchResult } from '../measure.js';

type Tail = (point: readonly number[]) => number;

/** A tail of ours and the same from the peer's special functions, at points that analyses meet. */
interface Pair {
  readonly name: string;
  readonly ours: Tail;
  readonly theirs: Tail;
  readonly points: ReadonlyArray<readonly number[]>;
}

const PAIRS: readonly Pair[] = [
  {
    name: 'normal',
    ours: ([x]) => normalSf(x!),
    theirs: ([x]) => 0.5 * erfc(x! / Math.SQRT2),
    points: [[0.3], [1.5], [2.5], [4], [6], [10]],
  },
  {
    name: 'student-t',
    ours: ([t, df]) => studentTSf(t!, df!),
    theirs: ([t, df]) => 0.5 * betainc(df! / (df! + t! * t!), df! / 2, 0.5, true, false),
    points: [
      [1, 3],
      [2, 10],
      [2.5, 57.3],
      [3, 398],
      [4, 1e4],
      [6, 120],
      [10, 30],
    ],
  },
  {
    name: 'chi-squared',
    ours: ([x, df]) => chiSquaredSf(x!, df!),
    theirs: ([x, df]) => gammainc(x! / 2, df! / 2, true, true),
    points: [
      [1, 1],
      [3.8, 1],
      [12, 3],
      [20, 10],
      [60, 40],
      [120, 100],
      [900, 800],
    ],
  },
  {
    name: 'f',
    ours: ([x, a, b]) => fSf(x!, a!, b!),
    theirs: ([x, a, b]) => betainc(b! / (b! + a! * x!), b! / 2, a! / 2, true, false),
    points: [
      [1, 3, 10],
      [2.5, 4, 100],
      [3, 10, 400],
      [5, 2, 5000],
    ],
  },
  {
    name: 'beta',
    ours: ([x, a, b]) => betaSf(x!, a!, b!),
    theirs: ([x, a, b]) => betainc(x!, a!, b!, true, true),
    points: [
      [0.1, 2, 30],
      [0.5, 20, 20],
      [0.3, 100, 300],
      [0.012, 1000, 90_000],
      [0.9, 5, 2],
    ],
  },
  {
    name: 'binomial',
    ours: ([k, n, p]) => binomialCdf(k!, n!, p!),
    theirs: ([k, n, p]) => betainc(p!, k! + 1, n! - k!, true, true),
    points: [
      [3, 20, 0.3],
      [40, 1000, 0.05],
      [480, 1000, 0.5],
      [90, 10_000, 0.01],
    ],
  },
];

/** Nanoseconds of one tail probability, and the ratio to the peer: medians over points. */
export function* tailBenches(): Generator<BenchResult> {
  for (const { name, ours, theirs, points } of PAIRS) {
    // The same accuracy, or the comparison says nothing.
    for (const point of points) requireAgreement(name, point, ours(point), theirs(point));
    const timed = points.map((point) =>
      inTurn(
        () => ours(point),
        () => theirs(point),
      ),
    );
    yield {
      name: `stats/tail/${name}`,
      figure: round(median(timed.map((pair) => pair.ours))),
      unit: 'ns',
      ratio: round(median(timed.map((pair) => pair.ratio))),
      against: '@stdlib/math-base-special',
      bar: 'ratio <= 1',
    };
  }
}

function requireAgreement(name: string, point: readonly number[], ours: number, theirs: number): void {
  if (Math.abs(ours - theirs) <= 1e-12 * ours) return;
  throw new Error(`${name} at ${point.join(', ')}: ${ours} and ${theirs} differ; nothing to compare`);
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
