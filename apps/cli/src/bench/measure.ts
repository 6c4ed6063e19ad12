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

/** What a person may ask of a bench; each reads what it knows. */
export interface BenchOptions {
  /** How many events a long run sends. */
  readonly events?: number;
}

export interface Paired {
  /** Nanoseconds of one call, median over rounds. */
  readonly ours: number;
  readonly theirs: number;
  /** Median of the ratios ours / theirs, each from two stretches next to each other in time. */
  readonly ratio: number;
}

/** Stretches so short that a busy machine leaves most of them alone, and so many that their median is settled. */
const ROUNDS = 101;
const STRETCH_NS = 1_000_000;
/** Of the process's own time: on a busy machine a clock on the wall would run out before the compiler is done. */
const WARM_UP_MICROSECONDS = 400_000;
/** The compiler works on threads of its own, whose time counts too; what is slow must still have been seen often enough. */
const WARM_UP_CALLS = 2_000;

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

/** Reading the process's time costs a microsecond or two, which a tail must not be drowned in while it warms up. */
const CALLS_BETWEEN_READINGS = 100;

let sink = 0;

/** What the measured functions returned, so that their work is used. */
export function kept(): number {
  return sink;
}

/** Warm first, because a cold function says more about the compiler; then as many calls as a stretch can be timed by. */
function callsPerStretch(work: () => number): number {
  const began = process.cpuUsage();
  for (let done = 0; done < WARM_UP_CALLS || process.cpuUsage(began).user < WARM_UP_MICROSECONDS;) {
    perCall(work, CALLS_BETWEEN_READINGS);
    done += CALLS_BETWEEN_READINGS;
  }
  for (let calls = 1; ; calls *= 2) {
    // The best of three, so that an interruption is not taken for the work.
    const best = Math.min(perCall(work, calls), perCall(work, calls), perCall(work, calls));
    if (best * calls > STRETCH_NS) return calls;
  }
}

function perCall(work: () => number, calls: number): number {
  const began = process.hrtime.bigint();
  for (let i = 0; i < calls; i++) sink += work();
  return Number(process.hrtime.bigint() - began) / calls;
}
