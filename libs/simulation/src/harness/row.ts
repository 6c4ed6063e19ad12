import type { Random } from '../random/random.js';
import type { Tally } from './tally.js';

/** What one replicate found, in the order of the row's `outputs`; null where there is nothing to count (never NaN). */
export type Outcome = ReadonlyArray<number | null>;

/** One replicate: draws from `random` alone. `index` counts from 0. */
export type Replicate = (random: Random, index: number) => Outcome;

/** What a row's figures say. */
export interface Judgement {
  /** Figures by name, as printed. */
  readonly figures: Readonly<Record<string, number>>;
  /** The band they are held against, in words: "≤ 0.0603". */
  readonly band: string;
  readonly pass: boolean;
}

export type Judge = (tally: Tally) => Judgement;

/** One measurement of a bar: a scenario, what is counted, and what it is held against. */
export interface Row {
  /** Unique within its bar; part of the seed, so a renamed row draws other numbers. */
  readonly name: string;
  /** Replicates of the full run, and of the quick one in `npm test` (0: left out there). */
  readonly replicates: { readonly full: number; readonly quick: number };
  /** Names of the numbers a replicate returns. */
  readonly outputs: readonly string[];
  /** Outputs whose values are kept one by one, for medians; the others keep count, sum and sum of squares. */
  readonly collect?: readonly string[];
  /** Called once per thread: allocate workspaces and do what all replicates share, then return the replicate. */
  readonly prepare: () => Replicate;
  readonly judge: Judge;
}

/** A promise of the statistics that simulation can hold it to. */
export interface Bar {
  /** `B1` … `B19`, `negative-controls`. */
  readonly id: string;
  readonly title: string;
  readonly rows: readonly Row[];
}
