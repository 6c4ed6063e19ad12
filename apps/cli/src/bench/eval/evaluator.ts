/** Something that answers which arm a unit gets, to be timed. */
export interface Evaluator {
  readonly name: string;
  /**
   * Evaluates so many calls, one experiment and one unit further each time, beginning at number `from`.
   *
   * @returns how many units were given an arm; a promise where the evaluator has no other way
   */
  readonly run: (calls: number, from: number) => number | Promise<number>;
  readonly close?: () => unknown;
}
