import { betaSf, binomialCdf, chiSquaredSf, fSf, normalSf, studentTSf } from '@app/stats';
import betainc from '@stdlib/math-base-special-betainc';
import erfc from '@stdlib/math-base-special-erfc';
import gammainc from '@stdlib/math-base-special-gammainc';
import { inTurn, median, type BenchResult } from '../measure.js';

/** Of an argument and its parameters, read by index: taking the list apart costs as much as a normal tail. */
type Tail = (at: readonly number[]) => number;

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
    ours: (at) => normalSf(at[0]!),
    theirs: (at) => 0.5 * erfc(at[0]! / Math.SQRT2),
    points: [[0.3], [1.5], [2.5], [4], [6], [10]],
  },
  {
    name: 'student-t',
    ours: (at) => studentTSf(at[0]!, at[1]!),
    theirs: (at) => 0.5 * betainc(at[1]! / (at[1]! + at[0]! * at[0]!), at[1]! / 2, 0.5, true, false),
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
    ours: (at) => chiSquaredSf(at[0]!, at[1]!),
    theirs: (at) => gammainc(at[0]! / 2, at[1]! / 2, true, true),
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
    ours: (at) => fSf(at[0]!, at[1]!, at[2]!),
    theirs: (at) => betainc(at[2]! / (at[2]! + at[1]! * at[0]!), at[2]! / 2, at[1]! / 2, true, false),
    points: [
      [1, 3, 10],
      [2.5, 4, 100],
      [3, 10, 400],
      [5, 2, 5000],
    ],
  },
  {
    name: 'beta',
    ours: (at) => betaSf(at[0]!, at[1]!, at[2]!),
    theirs: (at) => betainc(at[0]!, at[1]!, at[2]!, true, true),
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
    ours: (at) => binomialCdf(at[0]!, at[1]!, at[2]!),
    theirs: (at) => betainc(at[2]!, at[0]! + 1, at[1]! - at[0]!, true, true),
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
