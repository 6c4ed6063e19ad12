import fc from 'fast-check';
import * as stats from '../src/index.js';
import { soundNumber, type Meaning } from './meaning.js';
import { REFUSED, resultOf } from './result.js';
import { RUNS } from './runs.js';

/** How one exported function is called: its arguments, and what a bare number or list of it means. */
export interface Call<A extends unknown[]> {
  readonly args: fc.Arbitrary<A>;
  readonly meaning: Meaning;
}

type Stats = typeof stats;

/** Calls by the name of the export, so that the arguments are checked against its signature. */
export type Calls = {
  readonly [K in keyof Stats]?: Stats[K] extends (...args: infer A) => unknown ? Call<A> : never;
};

export const call = <A extends unknown[]>(args: fc.Arbitrary<A>, meaning: Meaning = 'number'): Call<A> => ({
  args,
  meaning,
});

/**
 * One test per function: for any finite arguments it returns sound figures or refuses with a `StatsError`.
 */
export function describeSoundness(title: string, calls: Calls): void {
  describe(title, () => {
    for (const [name, { args, meaning }] of Object.entries(calls) as Array<[keyof Stats, Call<unknown[]>]>) {
      it(`${name} gives sound figures or refuses`, () => {
        const run = stats[name] as (...args: unknown[]) => unknown;
        fc.assert(
          fc.property(args, (values) => {
            const result = resultOf(() => run(...values));
            if (result !== REFUSED) soundNumber(result, meaning, name);
          }),
          RUNS,
        );
      });
    }
  });
}
