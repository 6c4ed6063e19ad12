import { type Attributes, type Condition, OPERATORS } from './condition.js';
import { conditionProblem } from './condition-problem.js';
import { matches } from './matches.js';

const is = (attribute: string, operator: string, value?: unknown): Condition =>
  ({ attribute, operator, value }) as Condition;

describe('matches', () => {
  const unit: Attributes = {
    plan: 'pro',
    age: 30,
    beta: true,
    tags: ['new', 'eu'],
    empty: '',
    nothing: null,
    name: 'Ada LOVELACE',
    version: '2.0.0-rc.1',
    since: '2026-03-01T00:00:00+01:00',
    seen: 1772323200000,
  };
  const many = Array.from({ length: 5000 }, (_, n) => `user-${n}`);

  it.each<[Condition, boolean]>([
    [is('plan', 'equals', 'pro'), true],
    [is('plan', 'equals', 'PRO'), false],
    [is('age', 'equals', '30'), false],
    [is('plan', 'not-equals', 'free'), true],
    [is('plan', 'in', ['pro', 'team']), true],
    [is('plan', 'not-in', ['pro', 'team']), false],
    [is('age', 'greater', 30), false],
    [is('age', 'at-least', 30), true],
    [is('age', 'less', 30), false],
    [is('age', 'at-most', 30), true],
    [is('plan', 'greater', 1), false],
    [is('plan', 'contains', 'r'), true],
    [is('tags', 'contains', 'eu'), true],
    [is('tags', 'contains', 'e'), false],
    [is('plan', 'starts-with', 'p'), true],
    [is('plan', 'ends-with', 'x'), false],
    [is('plan', 'not-contains', 'x'), true],
    [is('plan', 'not-contains', 'r'), false],
    [is('tags', 'not-contains', 'us'), true],
    [is('tags', 'not-contains', 'eu'), false],
    [is('tags', 'contains', 1), false],
    [is('plan', 'contains', 1), false],
    [is('plan', 'not-contains', 1), true],
    [is('age', 'not-contains', 'x'), false],
    [is('absent', 'not-contains', 'x'), false],
    [is('name', 'in', [...many, 'Ada LOVELACE']), true],
    [is('name', 'in', many), false],
    [is('name', 'not-in', many), true],
    [is('tags', 'in', ['eu']), false],
    [is('name', 'matches', '^Ada\\s+[A-Z]+$'), true],
    [is('name', 'matches', 'lovelace'), false],
    [is('age', 'matches', '30'), false],
    [{ ...is('name', 'matches', 'lovelace'), ignoreCase: true } as Condition, true],
    [{ ...is('name', 'equals', 'ada lovelace'), ignoreCase: true } as Condition, true],
    [{ ...is('name', 'not-equals', 'ADA lovelace'), ignoreCase: true } as Condition, false],
    [{ ...is('plan', 'in', ['x', 'PRO']), ignoreCase: true } as Condition, true],
    [{ ...is('plan', 'not-in', [1, 'PRO']), ignoreCase: true } as Condition, false],
    [{ ...is('name', 'contains', 'love'), ignoreCase: true } as Condition, true],
    [{ ...is('tags', 'contains', 'EU'), ignoreCase: true } as Condition, true],
    [{ ...is('name', 'not-contains', 'LOVE'), ignoreCase: true } as Condition, false],
    [{ ...is('name', 'starts-with', 'ADA'), ignoreCase: true } as Condition, true],
    [{ ...is('name', 'ends-with', 'ace'), ignoreCase: true } as Condition, true],
    [{ ...is('age', 'equals', 30), ignoreCase: true } as Condition, true],
    [is('version', 'semver-equals', '2.0.0-rc.1+build'), true],
    [is('version', 'semver-greater', '2.0.0-beta'), true],
    [is('version', 'semver-greater', '2.0.0'), false],
    [is('version', 'semver-at-least', '2.0.0-rc.1'), true],
    [is('version', 'semver-less', '2.0.0'), true],
    [is('version', 'semver-at-most', '1.9.9'), false],
    [is('plan', 'semver-less', '2.0.0'), false],
    [is('age', 'semver-less', '99.0.0'), false],
    [is('since', 'before', '2026-03-01T00:00:00Z'), true],
    [is('since', 'before', '2026-02-28T23:00:00Z'), false],
    [is('since', 'after', '2026-02-28T22:59:59.999Z'), true],
    [is('since', 'after', 1772319599999), true],
    [is('seen', 'after', '2026-03-01T00:00:00Z'), false],
    [is('seen', 'before', 1772323200001), true],
    [is('plan', 'before', '2026-03-01T00:00:00Z'), false],
    [is('beta', 'after', 0), false],
    [is('nothing', 'not-equals', 'x'), false],
    [is('beta', 'equals', true), true],
    [is('empty', 'exists'), true],
    [is('nothing', 'exists'), false],
    [is('absent', 'exists'), false],
    [is('absent', 'not-equals', 'x'), false],
    [is('absent', 'not-in', ['x']), false],
    [{ not: is('absent', 'equals', 'x') }, true],
    [is('toString', 'exists'), false],
    [is('__proto__', 'exists'), false],
    [{ all: [] }, true],
    [{ any: [] }, false],
    [
      { all: [is('plan', 'equals', 'pro'), { any: [is('age', 'less', 1), is('beta', 'equals', true)] }] },
      true,
    ],
  ])('%j is %s', (condition, expected) => {
    expect(matches(condition, unit)).toBe(expected);
  });
});

describe('conditionProblem', () => {
  it.each<[unknown, string]>([
    [null, 'must be an object'],
    [[], 'must be an object'],
    [{}, 'audience.attribute must be'],
    [{ attribute: 'a', operator: 'like', value: 1 }, 'audience.operator must be one of'],
    [{ attribute: 'a', operator: 'in', value: 'x' }, 'audience.value must be a non-empty list'],
    [{ attribute: 'a', operator: 'greater', value: '1' }, 'must be a number'],
    [{ attribute: 'a', operator: 'equals' }, 'must be a text, a number or a boolean'],
    [{ attribute: 'a', operator: 'starts-with', value: 1 }, 'must be a text'],
    [{ attribute: 'a', operator: 'exists', negate: true }, 'unknown member "negate"'],
    [{ all: [{ any: [{ attribute: '' }] }] }, 'audience.all[0].any[0].attribute'],
    [{ all: [], any: [] }, 'nothing beside "all"'],
    [{ not: {}, value: 1 }, 'nothing beside "not"'],
    [{ all: {} }, 'must be a list'],
    [{ segment: '' }, 'audience.segment must be the key'],
    [{ segment: 'a', not: {} }, 'nothing beside "not"'],
    [{ segment: 'a', value: 1 }, 'nothing beside "segment"'],
    [is('a', 'semver-less', '2.0'), 'must be a semantic version'],
    [is('a', 'before', '2026-03-01'), 'must be a moment'],
    [is('a', 'matches', 5), 'must be a regular expression'],
    [is('a', 'matches', '(a'), "no regular expression of RE2's syntax"],
    [is('a', 'matches', '(?=a)'), "no regular expression of RE2's syntax"],
    [is('a', 'matches', 'a'.repeat(501)), '501 characters'],
    [is('a', 'equals', 'a'.repeat(1001)), 'longer than 1000'],
    [is('a', 'in', Array(10_001).fill(1)), '10001 members'],
    [is('a', 'in', ['a'.repeat(1001)]), 'longer than 1000'],
    [{ ...is('a', 'greater', 1), ignoreCase: true }, 'ignoreCase has no meaning for greater'],
    [{ ...is('a', 'equals', 'x'), ignoreCase: 1 }, 'ignoreCase must be true or false'],
    [{ all: Array(1000).fill(is('a', 'exists')) }, 'more than 1000 conditions'],
  ])('names what is wrong with %j', (condition, message) => {
    expect(conditionProblem(condition)).toContain(message);
  });

  it('refuses nesting that evaluation should not follow', () => {
    let condition: unknown = is('a', 'exists');
    for (let depth = 0; depth < 40; depth += 1) condition = { not: condition };
    expect(conditionProblem(condition)).toContain('nests deeper');
  });

  it('finds nothing wrong with a good one', () => {
    expect(conditionProblem({ all: [is('plan', 'in', ['pro']), { not: is('age', 'less', 18) }] })).toBeNull();
  });
});

describe('bad types', () => {
  const odd: unknown[] = [
    Symbol('s'),
    1n,
    () => 1,
    new Date(0),
    Number.NaN,
    [],
    [[1]],
    {},
    Object.create(null),
    true,
    '',
  ];
  const values: Record<string, unknown> = { in: ['a'], 'not-in': ['a'], matches: 'a', before: 0, after: 0 };

  it.each(OPERATORS)('never make %s throw', (operator) => {
    const numeric = ['greater', 'at-least', 'less', 'at-most'].includes(operator);
    const value = values[operator] ?? (operator.startsWith('semver') ? '1.0.0' : numeric ? 1 : 'a');
    const condition = is('a', operator, operator === 'exists' ? undefined : value);
    expect(conditionProblem(condition)).toBeNull();
    for (const actual of odd) expect(typeof matches(condition, { a: actual })).toBe('boolean');
    for (const nothing of [null, undefined]) expect(matches(condition, { a: nothing })).toBe(false);
  });
});
