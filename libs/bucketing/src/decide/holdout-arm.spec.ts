import type { HashScheme, RulesetTask } from '../ruleset.js';
import { anExperiment, aRollout, aRuleset, aTask } from '../testing/ruleset.builder.js';
import { compileRuleset } from './compile-ruleset.js';
import { decide } from './decide.js';
import { type HoldoutArm, holdoutArm } from './holdout-arm.js';

const measured = { id: 'h1', epoch: 1, since: '2026-01-05T00:00:00.000Z' };
const holdout = { key: '2026', salt: 'holdout:2026', share: 0.1, model: 'frozen@1', measured };
const units = Array.from({ length: 20_000 }, (_, n) => `unit-${n}`);
const compiled = (...tasks: RulesetTask[]) => compileRuleset(aRuleset(tasks));
const armOf = (task: RulesetTask, unit: string) =>
  holdoutArm(compiled(task), task.key, unit)?.variant ?? null;

describe('the arm of a holdout', () => {
  it.each<HashScheme>(['native-v1', 'unleash', 'growthbook-v2'])(
    'is "held" for whom the holdout holds, and "open" for as many others, by %s',
    (hashScheme) => {
      const ruleset = compiled(aTask({ hashScheme, holdout }));
      const counts = { held: 0, open: 0 };
      for (const unit of units) {
        const variant = holdoutArm(ruleset, 'reply', unit)?.variant;
        expect(variant === 'held').toBe(decide(ruleset, 'reply', unit).reason === 'HOLDOUT');
        if (variant) counts[variant] += 1;
      }
      // Five standard errors of 2,000.
      expect(Math.abs(counts.held - 2000)).toBeLessThan(212);
      expect(Math.abs(counts.open - 2000)).toBeLessThan(212);
    },
  );

  it('does not depend on what else runs, and is the same on every task of the holdout', () => {
    const plain = compiled(aTask({ holdout }));
    const busy = compiled(
      aTask({ holdout, experiments: [anExperiment()], rollout: aRollout() }),
      aTask({ key: 'summary', holdout }),
    );
    const named = (arm: HoldoutArm | null) => arm && { ...arm, task: '' };
    for (const unit of units.slice(0, 500)) {
      const arm = named(holdoutArm(plain, 'reply', unit));
      expect(named(holdoutArm(busy, 'reply', unit))).toEqual(arm);
      expect(named(holdoutArm(busy, 'summary', unit))).toEqual(arm);
    }
  });

  it('says what an exposure needs, in one object for all units', () => {
    const ruleset = compiled(aTask({ holdout }));
    const held = units.filter((unit) => holdoutArm(ruleset, 'reply', unit)?.variant === 'held');
    const arms = new Set(held.map((unit) => holdoutArm(ruleset, 'reply', unit)));
    expect([...arms]).toEqual([
      {
        ...{ task: 'reply', kind: 'holdout', id: 'h1', key: '2026', epoch: 1, variant: 'held' },
        sinceMs: Date.parse(measured.since),
      },
    ]);
  });

  it('is none where the holdout is not asked: named units, closed tasks, no unit, no such task', () => {
    const all = { ...holdout, share: 1 };
    expect(armOf(aTask({ holdout: all }), 'qa-1')).toBe('held');
    const named = anExperiment({ overrides: { 'qa-1': 'a' } });
    expect(armOf(aTask({ holdout: all, experiments: [named] }), 'qa-1')).toBeNull();
    expect(armOf(aTask({ holdout: all, enabled: false }), 'u')).toBeNull();
    expect(armOf(aTask({ holdout: all, killedBy: 'gate' }), 'u')).toBeNull();
    expect(armOf(aTask({ holdout: all }), '')).toBeNull();
    expect(armOf(aTask(), 'u')).toBeNull();
    expect(holdoutArm(compiled(aTask({ holdout: all })), 'nope', 'u')).toBeNull();
    expect(holdoutArm(compiled(aTask({ holdout: all })), 'reply', undefined)).toBeNull();
  });

  it('is none under a ruleset that does not measure it', () => {
    expect(armOf(aTask({ holdout: { ...holdout, share: 1, measured: undefined } }), 'u')).toBeNull();
  });
});
