import fc from 'fast-check';
import { allocateRanges } from '../ranges/allocate-ranges.js';
import { allocateVariants, type VariantRanges } from '../ranges/allocate-variants.js';
import type { HashScheme, RulesetTask } from '../ruleset.js';
import { anExperiment, aRollout, aRuleset, aTask } from '../testing/ruleset.builder.js';
import { compileRuleset } from './compile-ruleset.js';
import { decide } from './decide.js';

const SCHEMES: readonly HashScheme[] = ['native-v1', 'unleash', 'growthbook-v2'];
const users = Array.from({ length: 400 }, (_, n) => `user-${n}`);

type Arms = ReadonlyArray<{ readonly key: string; readonly weight: number }>;

/** Weights that sum to 1000, so that every scheme can say them. */
const arms: fc.Arbitrary<Arms> = fc
  .uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 2 })
  .chain((keys) =>
    fc
      .array(fc.integer({ min: 0, max: 1000 }), { minLength: keys.length - 1, maxLength: keys.length - 1 })
      .map((given) => {
        const cuts = [0, ...given.sort((x, y) => x - y), 1000];
        return keys.map((key, n) => ({ key, weight: cuts[n + 1]! - cuts[n]! }));
      }),
  );

const answers = (task: Partial<RulesetTask>): Array<string | null> => {
  const rules = compileRuleset(aRuleset([aTask(task)]));
  expect(rules.problems).toEqual([]);
  return users.map((user) => decide(rules, 'reply', user).variant);
};

const split = (hashScheme: HashScheme, weights: Arms, stretches: readonly VariantRanges[]) => {
  const variants = weights.map((arm, n) => ({
    ...arm,
    model: 'old@1',
    control: n === 0,
    ranges: stretches[n]!.ranges,
  }));
  return answers({ hashScheme, experiments: [anExperiment({ variants })] });
};

const weightOf = (weights: Arms, key: string): number => weights.find((arm) => arm.key === key)?.weight ?? 0;

describe.each(SCHEMES)('under %s', (hashScheme) => {
  it('an edit of weights or arms moves units only out of arms that shrink and only into arms that grow', () => {
    fc.assert(
      fc.property(fc.array(arms, { minLength: 2, maxLength: 4 }), ([first, ...edits]) => {
        let weights = first!;
        let stretches = allocateVariants(weights);
        for (const edited of edits) {
          const next = allocateVariants(edited, stretches);
          const [before, after] = [split(hashScheme, weights, stretches), split(hashScheme, edited, next)];
          const [old, now] = [weights, edited];
          const wrong = before.filter((from, n) => {
            const to = after[n]!;
            const shrinks = weightOf(now, from!) < weightOf(old, from!);
            return from !== to && !(shrinks && weightOf(now, to) > weightOf(old, to));
          });
          expect(wrong).toEqual([]);
          [weights, stretches] = [edited, next];
        }
      }),
      { numRuns: 40 },
    );
  });

  it('dropping an arm moves its own units alone, adding one takes from the others alone', () => {
    const three: Arms = ['a', 'b', 'c'].map((key) => ({ key, weight: key === 'b' ? 400 : 300 }));
    const two: Arms = [
      { key: 'b', weight: 500 },
      { key: 'c', weight: 500 },
    ];
    const ofThree = allocateVariants(three);
    const ofTwo = allocateVariants(two, ofThree);
    const [before, dropped] = [split(hashScheme, three, ofThree), split(hashScheme, two, ofTwo)];
    expect(before.filter((arm, n) => arm !== dropped[n] && arm !== 'a')).toEqual([]);
    expect(before).toContain('a');
    const back = split(hashScheme, three, allocateVariants(three, ofTwo));
    expect(dropped.filter((arm, n) => arm !== back[n] && back[n] !== 'a')).toEqual([]);
  });

  it('a change of the traffic share adds or takes away units and moves none between arms', () => {
    const share = fc.integer({ min: 1, max: 100 }).map((percent) => percent / 100);
    fc.assert(
      fc.property(share, share, (one, other) => {
        const before = allocateRanges([], one)!;
        const after = allocateRanges([], other, before)!;
        const [old, now] = [before, after].map((ranges) =>
          answers({ hashScheme, experiments: [anExperiment({ ranges })] }),
        ) as [Array<string | null>, Array<string | null>];
        const wrong = old.filter((arm, n) => {
          const then = now[n]!;
          if (arm !== null && then !== null) return then !== arm;
          return (other >= one && arm !== null) || (other <= one && then !== null);
        });
        expect(wrong).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('a rising rollout keeps its challengers, and its control shares no unit with them', () => {
    const shares = [0.001, 0.01, 0.05, 0.25, 0.5, 0.75, 1];
    let last = new Set<number>();
    for (const share of shares) {
      const rollout = aRollout({ share, controlShare: Math.min(share, 1 - share) });
      const now = answers({ hashScheme, rollout });
      expect([...last].filter((n) => now[n] !== 'challenger')).toEqual([]);
      last = new Set(now.flatMap((arm, n) => (arm === 'challenger' ? [n] : [])));
    }
    expect(last.size).toBe(users.length);
  });
});
