import type { Attributes, Condition } from './condition.js';
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
  };

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
