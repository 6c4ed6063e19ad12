import { anExperiment, aRollout, aRuleset, aTask } from '../testing/ruleset.builder.js';
import { allocateRanges } from '../ranges/allocate-ranges.js';
import { compileRuleset } from './compile-ruleset.js';
import { decide } from './decide.js';
import { explain } from './explain.js';

const audience = { attribute: 'plan', operator: 'equals', value: 'pro' } as const;
const rules = compileRuleset(
  aRuleset([
    aTask({
      experiments: [
        anExperiment({ key: 'one', ranges: allocateRanges([], 0.3)!, overrides: { 'user-3': 'b' } }),
        anExperiment({ key: 'two', ranges: allocateRanges(allocateRanges([], 0.3)!, 0.3)!, audience }),
      ],
      rollout: aRollout({ audience }),
      holdout: { key: '2026', salt: 'holdout:2026', share: 0.1, model: 'frozen@1' },
    }),
    aTask({ key: 'off', enabled: false }),
    aTask({ key: 'plain' }),
    aTask({ key: 'bare', champion: null }),
  ]),
);

describe('explain', () => {
  it('answers what decide answers, exposes nothing, and ends with the rule that answered', () => {
    const rule = { experiment: 'experiment', rollout: 'rollout', override: 'override', holdout: 'holdout' };
    for (let n = 0; n < 500; n += 1) {
      for (const attributes of [{ plan: 'pro' }, {}]) {
        const { decision, steps } = explain(rules, 'reply', `user-${n}`, attributes);
        const decided = decide(rules, 'reply', `user-${n}`, attributes);
        expect(decision).toEqual({ ...decided, exposes: false });
        const last = steps.at(-1)!;
        expect(last.rule).toBe(rule[decided.source as keyof typeof rule] ?? 'champion');
        expect(steps.filter((step) => step.outcome === 'answered')).toEqual([last]);
        const key = decided.experiment ?? decided.rollout;
        if (key) expect(last.key).toBe(key);
        if (decided.source === 'experiment') expect(last.detail).toContain(`variant "${decided.variant}"`);
      }
    }
  });

  it.each([
    ['off', 'user-1', 'switched off'],
    ['plain', null, 'No unit of type "user"'],
    ['plain', 'user-1', 'Nothing wanted the unit: old@1 serves.'],
    ['bare', 'user-1', 'nobody, because no champion is set'],
    ['gone', 'user-1', 'No task "gone" is known'],
  ])('says in words why task %s answers as it does', (task, unit, words) => {
    const { steps } = explain(rules, task, unit);
    expect(steps.map((step) => step.detail).join(' ')).toContain(words);
  });
});
