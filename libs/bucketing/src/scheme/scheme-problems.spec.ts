import { allocateRanges } from '../ranges/allocate-ranges.js';
import { allocateVariants } from '../ranges/allocate-variants.js';
import { HASH_SPACE } from '../ranges/hash-range.js';
import { compileRuleset } from '../decide/compile-ruleset.js';
import { decide } from '../decide/decide.js';
import { unleashFeature } from '../payloads/unleash-feature.js';
import { growthbookFeature } from '../payloads/growthbook-feature.js';
import type { RulesetExperiment, RulesetTask } from '../ruleset.js';
import type { Condition } from '../targeting/condition.js';
import { anExperiment, aRollout, aRuleset, aTask } from '../testing/ruleset.builder.js';
import { schemeProblems } from './scheme-problems.js';

const share = (fraction: number) => allocateRanges([], fraction)!;
const arms = (...weights: number[]) =>
  weights.map((weight, n) => ({ key: `v${n}`, model: 'old@1', weight, control: n === 0 }));
const experiment = (given: Partial<RulesetExperiment>) => ({ experiments: [anExperiment(given)] });
const aimed = (audience: Condition) => experiment({ audience });
const is = (operator: string, value?: unknown, attribute = 'a'): Condition =>
  ({ attribute, operator, value }) as Condition;
const holdout = (fraction: number) => ({
  holdout: { key: 'h', salt: 'holdout:h', share: fraction, model: 'frozen@1' },
});
const manyAlternatives: Condition = {
  all: Array.from({ length: 6 }, () => ({ any: [is('equals', 'x'), is('equals', 'y')] })),
};

/** What is asked, and what each foreign scheme says to it: null when it can be expressed. */
const CASES: ReadonlyArray<
  [what: string, Partial<RulesetTask>, unleash: string | null, growthbook: string | null]
> = [
  ['a plain task', {}, null, null],
  ['a whole per cent', experiment({ ranges: share(0.07) }), null, null],
  [
    'half a per cent',
    experiment({ ranges: share(0.005) }),
    'traffic share 0.5 % is not in steps of 1 %',
    null,
  ],
  [
    'a thousandth of a per cent',
    experiment({ ranges: share(0.00001) }),
    'traffic share 0.001 %',
    'traffic share 0.001 % is not in steps of 0.01 %',
  ],
  ['even halves', experiment({ variants: arms(1, 1) }), null, null],
  [
    'thirds',
    experiment({ variants: arms(1, 1, 1) }),
    'weights 1 : 1 : 1 are not in steps of 0.1 %; give them in 1000ths',
    'weights 1 : 1 : 1 are not in steps of 0.01 %; give them in 10000ths',
  ],
  ['thirds in thousandths', experiment({ variants: arms(334, 333, 333) }), null, null],
  ['ten-thousandths', experiment({ variants: arms(3334, 6666) }), 'weights 3334 : 6666', null],
  [
    'two experiments',
    {
      experiments: [
        anExperiment({ key: 'x', ranges: share(0.1) }),
        anExperiment({ key: 'y', ranges: [[HASH_SPACE / 2, HASH_SPACE]] }),
      ],
    },
    'the task runs "x" already',
    null,
  ],
  [
    'one that draws beside one that does not',
    { experiments: [anExperiment({ key: 'x', ranges: [] }), anExperiment({ key: 'y' })] },
    null,
    null,
  ],
  [
    'prerequisites',
    experiment({ prerequisites: [{ task: 't', variants: ['b'] }] }),
    'it has prerequisites',
    'it has prerequisites',
  ],
  ['a rollout of 0.1 %', { rollout: aRollout({ share: 0.001, controlShare: 0.001 }) }, null, null],
  [
    'a rollout of 0.05 %',
    { rollout: aRollout({ share: 0.0005, controlShare: 0.0005 }) },
    'share 0.05 % is not a multiple of 0.1 %',
    null,
  ],
  [
    'carried units',
    {
      rollout: aRollout({
        carried: { experiment: 'x', salt: 's', ranges: share(0.5), from: 0, to: HASH_SPACE / 2 },
      }),
    },
    "keeps the winner's units",
    null,
  ],
  ['a holdout of 5 %', holdout(0.05), null, null],
  ['a holdout of 0.5 %', holdout(0.005), 'share 0.5 % is not a multiple of 1 %', null],
  ['an override with blanks', experiment({ overrides: { ' u ': 'a' } }), 'overridden unit " u "', null],
  ['a list', aimed(is('in', ['x', 'y'])), null, null],
  ['a version', aimed(is('semver-less', '2.0.0')), null, null],
  ['a pattern', aimed(is('matches', '^a')), null, 'patterns of another dialect'],
  [
    'a moment',
    aimed(is('before', 5)),
    'the operator before has no equivalent',
    'the operator before has no equivalent',
  ],
  ['an empty text', aimed(is('equals', '')), 'is empty or has blanks', null],
  [
    'case ignored in a list',
    aimed({ ...is('in', ['x']), ignoreCase: true } as Condition),
    'in cannot ignore case',
    null,
  ],
  ['a dotted name', aimed(is('equals', 'x', 'a.b')), null, 'attribute name "a.b"'],
  [
    'an inherited name',
    aimed(is('exists', undefined, 'constructor')),
    'called "constructor"',
    '"constructor"',
  ],
  ['sixty-four alternatives', aimed(manyAlternatives), 'more than 32 strategies', null],
  ['within a segment', aimed({ segment: 'moment' }), 'the operator after', 'the operator after'],
  [
    'in the audience of a rollout',
    { rollout: aRollout({ audience: is('after', 5) }) },
    'the operator after',
    'the operator after',
  ],
];
const segments = { moment: is('after', 5) };

describe('schemeProblems', () => {
  it.each(CASES)('says whether %s can be expressed', (_what, given, unleash, growthbook) => {
    for (const [hashScheme, expected] of [
      ['unleash', unleash],
      ['growthbook-v2', growthbook],
    ] as const) {
      const problems = schemeProblems(aTask({ ...given, hashScheme }), segments).map((one) => one.message);
      expect(problems).toEqual(expected === null ? [] : [expect.stringContaining(expected)]);
    }
    expect(schemeProblems(aTask(given), segments)).toEqual([]);
  });

  it.each(CASES)('agrees with what is left out when %s is compiled', (_what, given, unleash, growthbook) => {
    for (const [hashScheme, expected] of [
      ['unleash', unleash],
      ['growthbook-v2', growthbook],
    ] as const) {
      const waitedFor = aTask({ key: 't' });
      const { problems } = compileRuleset(
        aRuleset([aTask({ ...given, hashScheme }), waitedFor], { segments }),
      );
      expect(problems).toEqual(
        expected === null ? [] : [expect.stringContaining(`${hashScheme} cannot express it`)],
      );
    }
  });

  it('takes boundaries that many edits have moved', () => {
    let weights = [500, 300, 200];
    let stretches = allocateVariants(weights.map((weight, n) => ({ key: `v${n}`, weight })));
    for (let n = 0; n < 300; n += 1) {
      weights = [100 + ((n * 37) % 400), 100 + ((n * 91) % 300)];
      weights.push(1000 - weights[0]! - weights[1]!);
      stretches = allocateVariants(
        weights.map((weight, i) => ({ key: `v${i}`, weight })),
        stretches,
      );
    }
    const variants = arms(...weights).map((arm, n) => ({ ...arm, ranges: stretches[n]!.ranges }));
    for (const hashScheme of ['unleash', 'growthbook-v2'] as const) {
      expect(schemeProblems(aTask({ hashScheme, ...experiment({ variants }) }))).toEqual([]);
    }
  });
});

describe('payloads', () => {
  const both = [
    { hashScheme: 'unleash', write: unleashFeature, other: growthbookFeature },
    { hashScheme: 'growthbook-v2', write: growthbookFeature, other: unleashFeature },
  ] as const;

  it.each(both)('are written for tasks of $hashScheme alone', ({ hashScheme, write, other }) => {
    const rules = compileRuleset(aRuleset([aTask({ hashScheme }), aTask({ key: 'native' })]));
    expect(write(rules, 'reply')).not.toBeNull();
    expect(other(rules, 'reply')).toBeNull();
    expect([write(rules, 'native'), write(rules, 'unheard-of')]).toEqual([null, null]);
  });

  it.each(both)(
    'say nothing of rules that $hashScheme cannot express, as decide does',
    ({ hashScheme, write }) => {
      const task = aTask({ hashScheme, ...experiment({ audience: is('before', 5) }) });
      const rules = compileRuleset(aRuleset([task]));
      expect(decide(rules, 'reply', 'user-1', { a: 1 }).reason).toBe('DEFAULT');
      expect(JSON.stringify(write(rules, 'reply'))).not.toContain('tone');
    },
  );

  it('weigh the variants of every Unleash strategy in thousandths', () => {
    const task = aTask({
      hashScheme: 'unleash',
      ...experiment({ ranges: share(0.3), variants: arms(334, 333, 333), overrides: { qa: 'v1' } }),
      ...holdout(0.05),
      rollout: aRollout({ share: 0.125, controlShare: 0.125 }),
    });
    const { strategies } = unleashFeature(compileRuleset(aRuleset([task])), 'reply')!;
    expect(strategies.map((one) => [one.name, one.parameters.groupId, one.parameters.rollout])).toEqual([
      ['flexibleRollout', 'reply', '100'],
      ['flexibleRollout', 'holdout:h', '5'],
      ['flexibleRollout', 'tone', '30'],
      ['flexibleRollout', 'rollout:tone-v2', '100'],
      ['default', undefined, undefined],
    ]);
    expect(strategies.map((one) => one.variants.map((variant) => variant.weight))).toEqual([
      [1000],
      [1000],
      [334, 333, 333],
      [125, 750, 125],
      [1000],
    ]);
  });

  it('track a rollout and an experiment of one key apart for GrowthBook', () => {
    const task = aTask({
      hashScheme: 'growthbook-v2',
      ...experiment({ ranges: share(0.5) }),
      rollout: aRollout({ key: 'tone' }),
    });
    const { rules } = growthbookFeature(compileRuleset(aRuleset([task])), 'reply')!;
    expect(rules.map((one) => [one.key, one.variations?.[0]])).toEqual([
      ['tone', expect.objectContaining({ experiment: 'tone', variant: 'a' })],
      ['rollout:tone', expect.objectContaining({ rollout: 'tone', variant: 'challenger' })],
    ]);
  });

  it('name overridden units to GrowthBook as texts, and as numbers where a context may have them so', () => {
    const units = ['qa', '42', '-1.5', '042', '1e3', ' 7', '', 'NaN', 'Infinity', '12345678901234567890'];
    const overrides = Object.fromEntries(units.map((unit) => [unit, 'b']));
    const task = aTask({ hashScheme: 'growthbook-v2', ...experiment({ overrides }) });
    const { rules } = growthbookFeature(compileRuleset(aRuleset([task])), 'reply')!;
    const { $in } = rules[0]!.condition!.id as { $in: unknown[] };
    expect($in.filter((one) => typeof one === 'string').sort()).toEqual([...units].sort());
    expect($in.filter((one) => typeof one !== 'string')).toEqual([42, -1.5]);
  });
});
