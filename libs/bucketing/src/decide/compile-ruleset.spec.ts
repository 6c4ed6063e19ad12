import type { Ruleset } from '../ruleset.js';
import { HASH_SPACE } from '../ranges/hash-range.js';
import { anExperiment, aRollout, aRuleset, aTask } from '../testing/ruleset.builder.js';
import { compileRuleset } from './compile-ruleset.js';
import { decide } from './decide.js';
import { RangeIndex } from './range-index.js';

describe('compileRuleset', () => {
  it('refuses a format it does not read', () => {
    expect(() => compileRuleset({ ...aRuleset([]), format: 3 } as unknown as Ruleset)).toThrow('format 3');
    expect(() => compileRuleset(null as unknown as Ruleset)).toThrow('a ruleset is an object');
  });

  it.each([
    [
      'an unknown model',
      anExperiment({ variants: [{ key: 'a', model: 'gone@1', weight: 1, control: true }] }),
    ],
    ['no weight', anExperiment({ variants: [{ key: 'a', model: 'old@1', weight: 0, control: true }] })],
    ['no variants', anExperiment({ variants: [] })],
    [
      'an audience it cannot read',
      anExperiment({ audience: { attribute: 'x', operator: 'resembles' } as never }),
    ],
    [
      'variants that leave a hole',
      anExperiment({ variants: [{ key: 'a', model: 'old@1', weight: 1, control: true, ranges: [[0, 5]] }] }),
    ],
  ])('leaves out an experiment with %s, names it, and keeps the rest', (_what, broken) => {
    const rules = compileRuleset(
      aRuleset([
        aTask({ experiments: [broken], rollout: aRollout() }),
        aTask({ key: 'other', experiments: [anExperiment()] }),
      ]),
    );
    expect(rules.problems).toEqual([expect.stringContaining('experiment tone')]);
    expect(decide(rules, 'reply', 'user-1').source).toBe('rollout');
    expect(decide(rules, 'other', 'user-1').source).toBe('experiment');
  });

  it('serves the champion for a hash scheme it does not know', () => {
    const hashScheme = 'native-v2' as never;
    const rules = compileRuleset(aRuleset([aTask({ hashScheme, experiments: [anExperiment()] })]));
    expect(decide(rules, 'reply', 'user-1').reason).toBe('DEFAULT');
    expect(rules.problems[0]).toContain('native-v2 is not known');
  });

  it('follows stretches that edits moved away from the order of weights', () => {
    const half = HASH_SPACE / 2;
    const variants = [
      { key: 'a', model: 'old@1', weight: 1, control: true, ranges: [[half, HASH_SPACE]] as const },
      { key: 'b', model: 'new@1', weight: 1, control: false, ranges: [[0, half]] as const },
    ];
    const plain = compileRuleset(aRuleset([aTask({ experiments: [anExperiment()] })]));
    const moved = compileRuleset(aRuleset([aTask({ experiments: [anExperiment({ variants })] })]));
    for (let n = 0; n < 200; n += 1) {
      const before = decide(plain, 'reply', `user-${n}`).variant;
      expect(decide(moved, 'reply', `user-${n}`).variant).toBe(before === 'a' ? 'b' : 'a');
    }
  });
});

describe('RangeIndex', () => {
  it('finds the owner at both edges of a half-open stretch', () => {
    const index = new RangeIndex([
      {
        ranges: [
          [10, 20],
          [30, 40],
        ],
        owner: 'x',
      },
      { ranges: [[20, 30]], owner: 'y' },
    ]);
    const at = (...positions: number[]) => positions.map((position) => index.at(position));
    expect(at(9, 10, 19, 20, 29, 30, 39, 40)).toEqual([undefined, 'x', 'x', 'y', 'y', 'x', 'x', undefined]);
  });

  it.each([1, 2, 3, 4, 5, 9])(
    'of %i arms finds the first and the last of all positions, biased too',
    (count) => {
      const size = Math.floor(HASH_SPACE / count);
      const claims = Array.from({ length: count }, (_, n) => ({
        ranges: [[n * size, n + 1 < count ? (n + 1) * size : HASH_SPACE]] as const,
        owner: n,
      }));
      for (const bias of [0, HASH_SPACE / 2]) {
        const index = new RangeIndex(claims, bias);
        for (const n of Array.from({ length: count }).keys()) {
          expect(index.at(claims[n]!.ranges[0][0] - bias)).toBe(n);
          expect(index.at(claims[n]!.ranges[0][1] - 1 - bias)).toBe(n);
        }
      }
    },
  );

  it('gives a disputed position to the first listed', () => {
    const index = new RangeIndex([
      { ranges: [[20, 40]], owner: 'first' },
      { ranges: [[0, 100]], owner: 'second' },
    ]);
    expect([0, 19, 20, 39, 40, 99, 100].map((position) => index.at(position))).toEqual([
      'second',
      'second',
      'first',
      'first',
      'second',
      'second',
      undefined,
    ]);
  });
});
