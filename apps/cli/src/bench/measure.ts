/** One measured figure; `ratio` is against a floor or a peer that ran in the same minute on the same machine. */
export interface BenchResult {
  readonly name: string;
  readonly figure: number;
  readonly unit: string;
  /** Figure of ours / figure of `against`. */
  readonly ratio: number | null;
  /** Least and largest ratio of all rounds, where rounds are few enough to say so. */
  readonly spread?: readonly [number, number];
  readonly against: string | null;
  /** What the project promises, in words; a bench reports, it does not judge. */
  readonly bar: string | null;
}

export interface Paired {
  /** Nanoseconds of one call, median over rounds. */
  readonly ours: number;
  readonly theirs: number;
  /** Median of the ratios ours / theirs, each from two stretches next to each other in time. */
  readonly ratio: number;
}

const ROUNDS = 25;
const STRETCH_NS = 4_000_000;
const WARM_UP_NS = 300_000_000;

/**
 * Times two functions in turn: a machine that slows down slows both, and the ratio stays.
 * Each returns a number that is summed up, so that no compiler can leave the work out.
 */
export function inTurn(ours: () => number, theirs: () => number): Paired {
  const callsOfOurs = callsPerStretch(ours);
  const callsOfTheirs = callsPerStretch(theirs);
  const rounds = Array.from({ length: ROUNDS }, () => [
    perCall(ours, callsOfOurs),
    perCall(theirs, callsOfTheirs),
  ]);
  return {
    ours: median(rounds.map(([a]) => a!)),
    theirs: median(rounds.map(([, b]) => b!)),
    ratio: median(rounds.map(([a, b]) => a! / b!)),
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

let sink = 0;

/** What the measured functions returned, so that their work is used. */
export function kept(): number {
  return sink;
}

/** Warm first, because a cold function says more about the compiler; then as many calls as a stretch can be timed by. */
function callsPerStretch(work: () => number): number {
  for (let spent = 0; spent < WARM_UP_NS;) spent += perCall(work, 1);
  for (let calls = 1; ; calls *= 2) {
    if (perCall(work, calls) * calls > STRETCH_NS) return calls;
  }
}

function perCall(work: () => number, calls: number): number {
  const began = process.hrtime.bigint();
  for (let i = 0; i < calls; i++) sink += work();
  return Number(process.hrtime.bigint() - began) / calls;
}
