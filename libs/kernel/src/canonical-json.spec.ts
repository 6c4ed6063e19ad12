import fc from 'fast-check';
import { canonicalJson, digestOf } from './canonical-json.js';

const turned = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, turned(member)]),
  );
};

describe('canonical JSON', () => {
  it('says the same as JSON, whatever the order of members', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const given = JSON.parse(JSON.stringify(value)) as unknown;
        expect(JSON.parse(canonicalJson(given))).toEqual(given);
        expect(canonicalJson(turned(given))).toBe(canonicalJson(given));
      }),
    );
  });

  it('orders keys by code units and leaves out what JSON leaves out', () => {
    const value = { é: 1, b: undefined, a: [undefined, { z: 1, Z: 2 }], 10: 0, 9: new Date(0), '': null };
    expect(canonicalJson(value)).toBe(
      '{"":null,"10":0,"9":"1970-01-01T00:00:00.000Z","a":[null,{"Z":2,"z":1}],"é":1}',
    );
    expect(canonicalJson({ only: undefined })).toBe('{}');
    expect(() => canonicalJson({ a: Number.NaN })).toThrow('NaN');
  });

  it('has a digest that stays: stored ones are compared with it', () => {
    expect(digestOf({ b: 1, a: 'x' })).toBe(
      'cdab067e9f3beb32d1252cfd63e492592fecbf591b0d08cadb24bb17f3864246',
    );
  });
});
