import { readFileSync } from 'node:fs';
import path from 'node:path';
import { compileRuleset } from '../decide/compile-ruleset.js';
import { decide } from '../decide/decide.js';
import { boundaries } from '../ranges/boundaries.js';
import type { Ruleset } from '../ruleset.js';
import { murmur3 } from './murmur3.js';
import { position, positioner, unitBucket } from './position.js';

interface Cases {
  murmur3: Array<{ text: string; seed: number; hash: number }>;
  position: Array<{ salt: string; unit: string; position: number }>;
  unitBucket: Array<{ unit: string; bucket: number }>;
  boundaries: Array<{ weights: number[]; boundaries: number[] }>;
  ruleset: Ruleset;
  decide: Array<{
    task: string;
    unit: string | null;
    attributes: Record<string, unknown>;
    reason: string;
    model: string | null;
    variant: string | null;
  }>;
}

/** Written by an implementation in another language, libs/bucketing/cases.py. */
const cases = JSON.parse(readFileSync(path.join(__dirname, '../../cases.json'), 'utf8')) as Cases;

describe('native-v1', () => {
  it.each(cases.murmur3)('hashes $text with seed $seed as published', ({ text, seed, hash }) => {
    expect(murmur3(text, seed)).toBe(hash);
  });

  it('puts every unit where the golden vectors put it, with the salt mixed each time or once', () => {
    expect(cases.position.length).toBeGreaterThan(100);
    for (const { salt, unit, position: expected } of cases.position) {
      expect([salt, unit, position(salt, unit)]).toEqual([salt, unit, expected]);
      expect([salt, unit, positioner(salt)(unit)]).toEqual([salt, unit, expected]);
    }
  });

  it('hashes the bytes that Node sends for a text, lone surrogates included', () => {
    for (const { unit } of cases.unitBucket) {
      expect(position('s', unit)).toBe(position('s', Buffer.from(unit, 'utf8').toString('utf8')));
    }
  });

  it.each(cases.unitBucket)('files $unit under bucket $bucket', ({ unit, bucket }) => {
    expect(unitBucket(unit)).toBe(bucket);
  });

  it.each(cases.boundaries)('splits $weights at the golden boundaries', (given) => {
    expect(boundaries(given.weights)).toEqual(given.boundaries);
  });

  it('decides every golden case', () => {
    const compiled = compileRuleset(cases.ruleset);
    expect(compiled.problems).toEqual([]);
    for (const { task, unit, attributes, reason, model, variant } of cases.decide) {
      const decision = decide(compiled, task, unit, attributes);
      const served = decision.model && `${decision.model.key}@${decision.model.version}`;
      expect([unit, decision.reason, served, decision.variant]).toEqual([unit, reason, model, variant]);
    }
  });
});
