import { readFileSync } from 'node:fs';
import path from 'node:path';
import { compileRuleset } from '../decide/compile-ruleset.js';
import { decide } from '../decide/decide.js';
import type { Ruleset } from '../ruleset.js';
import { SCHEME_PLACINGS } from '../scheme/placings.js';

interface Cases {
  unleash: {
    percentage: Array<{ group: string; unit: string; percentage: number }>;
    variant: Array<{ group: string; unit: string; target: number }>;
  };
  'growthbook-v2': Array<{ seed: string; unit: string; n: number }>;
  foreignRuleset: Ruleset;
  foreignDecide: Array<{
    task: string;
    unit: string;
    attributes: Record<string, unknown>;
    reason: string;
    model: string;
    variant: string | null;
    carried?: boolean;
  }>;
}

/** Written by an implementation in another language, libs/bucketing/cases.py. */
const cases = JSON.parse(readFileSync(path.join(__dirname, '../../cases.json'), 'utf8')) as Cases;

describe('the hash schemes of other systems', () => {
  it('give every unit the percentage that Unleash gives it', () => {
    const { holdout } = SCHEME_PLACINGS.unleash;
    expect(cases.unleash.percentage.length).toBeGreaterThan(90);
    for (const { group, unit, percentage } of cases.unleash.percentage) {
      // Unleash counts from 1 and asks for "at most"; we count from 0 and ask for "below".
      expect([unit, holdout({ salt: group }).of(unit) + 1]).toEqual([unit, percentage]);
    }
  });

  it('give every unit the thousandth that Unleash draws its variant by', () => {
    const { variant, rollout } = SCHEME_PLACINGS.unleash;
    const groups = new Set<string>();
    for (const { group, unit, target } of cases.unleash.variant) {
      const [, rolledOut] = /^rollout:(.+)$/.exec(group) ?? [];
      const placing = rolledOut
        ? rollout({ key: rolledOut, salt: 'not asked' })
        : variant({ key: group, salt: 'not asked' });
      groups.add(group);
      expect([unit, placing.of(unit) + 1]).toEqual([unit, target]);
    }
    expect([...groups]).toEqual(['tone', 'rollout:tone']);
  });

  it('give every unit the fraction that GrowthBook gives it', () => {
    const { holdout } = SCHEME_PLACINGS['growthbook-v2'];
    expect(cases['growthbook-v2'].length).toBeGreaterThan(150);
    for (const { seed, unit, n } of cases['growthbook-v2']) {
      const placing = holdout({ salt: seed });
      expect([unit, placing.of(unit) / placing.space]).toEqual([unit, n]);
    }
  });

  it('decide every golden case', () => {
    const compiled = compileRuleset(cases.foreignRuleset);
    expect(compiled.problems).toEqual([]);
    expect(new Set(cases.foreignDecide.map((one) => `${one.task} ${one.reason} ${one.variant}`)).size).toBe(
      15,
    );
    for (const { task, unit, attributes, reason, model, variant, carried } of cases.foreignDecide) {
      const decision = decide(compiled, task, unit, attributes);
      const served = decision.model && `${decision.model.key}@${decision.model.version}`;
      expect([unit, decision.reason, served, decision.variant, decision.carried]).toEqual([
        unit,
        reason,
        model,
        variant,
        carried === true,
      ]);
    }
  });
});
