import { readExplainQuery } from './explain-query.js';

describe('the question put to explain', () => {
  it('reads attributes as what they look like', () => {
    const query = {
      unit: 'user-42',
      environment: 'production',
      'attr.plan': 'pro',
      'attr.age': '30',
      'attr.beta': 'true',
      'attr.zip': '"0123"',
      'attr.code': '007',
      'attr.__proto__': 'x',
    };
    const { attributes, ...rest } = readExplainQuery(query);
    expect(rest).toEqual({ unit: 'user-42', environment: 'production' });
    expect(Object.entries(attributes)).toEqual([
      ['plan', 'pro'],
      ['age', 30],
      ['beta', true],
      ['zip', '0123'],
      ['code', '007'],
      ['__proto__', 'x'],
    ]);
  });

  it('may leave the unit out, and then has none', () => {
    expect(readExplainQuery({ environment: 'production' }).unit).toBeNull();
  });

  it.each([
    [{ unit: 'u' }, 'environment'],
    [{ unit: 'u', environment: 'production', plan: 'pro' }, 'plan'],
    [{ unit: ['u', 'v'], environment: 'production' }, 'unit'],
    [{ environment: 'production', 'attr.': 'x' }, 'attr.'],
  ])('refuses %j and names the field', (query, field) => {
    expect(() => readExplainQuery(query)).toThrow(
      expect.objectContaining({
        code: 'VALIDATION_FAILED',
        details: { errors: [expect.objectContaining({ field })] },
      }),
    );
  });
});
