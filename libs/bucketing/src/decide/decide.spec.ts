import { position } from '../hash/position.js';
import { HASH_SPACE } from '../ranges/hash-range.js';
import { allocateRanges } from '../ranges/allocate-ranges.js';
import type { RulesetTask } from '../ruleset.js';
import { anExperiment, aRollout, aRuleset, aTask } from '../testing/ruleset.builder.js';
import { compileRuleset } from './compile-ruleset.js';
import { decide } from './decide.js';

const users = Array.from({ length: 20_000 }, (_, n) => `user-${n}`);
const compiled = (task: Partial<RulesetTask>) => compileRuleset(aRuleset([aTask(task)]));
const holdout = { key: '2026', salt: 'holdout:2026', share: 1, model: 'frozen@1' };

describe('decide', () => {
  it('asks the rules in their order', () => {
    const everything = {
      holdout,
      rollout: aRollout(),
      experiments: [anExperiment({ overrides: { 'user-1': 'b' } })],
    };
    const served = (task: Partial<RulesetTask>) => {
      const { source, reason, variant, model } = decide(compiled(task), 'reply', 'user-1');
      return [source, reason, variant, model?.key];
    };
    expect(served({ ...everything, enabled: false })).toEqual(['champion', 'DISABLED', null, 'old']);
    expect(served(everything)).toEqual(['override', 'OVERRIDE', 'b', 'new']);
    const unnamed = { ...everything, experiments: [anExperiment()] };
    expect(served(unnamed)).toEqual(['holdout', 'HOLDOUT', null, 'frozen']);
    expect(served({ ...unnamed, holdout: null })[0]).toBe('experiment');
    expect(served({ ...everything, holdout: null, experiments: [] })[0]).toBe('rollout');
    expect(served({})).toEqual(['champion', 'DEFAULT', null, 'old']);
    expect(served({ champion: null })).toEqual(['none', 'NO_CHAMPION', null, undefined]);
  });

  it('exposes what was drawn and nothing else', () => {
    const exposes = (task: Partial<RulesetTask>) => decide(compiled(task), 'reply', 'user-1').exposes;
    expect(exposes({ experiments: [anExperiment()] })).toBe(true);
    expect(exposes({ rollout: aRollout() })).toBe(true);
    expect(exposes({ experiments: [anExperiment({ overrides: { 'user-1': 'b' } })] })).toBe(false);
    expect(exposes({ experiments: [anExperiment()], enabled: false })).toBe(false);
    expect(exposes({ holdout })).toBe(false);
    expect(exposes({})).toBe(false);
  });

  it.each([null, undefined, ''])('serves the champion to the unit %p', (unit) => {
    const decision = decide(compiled({ experiments: [anExperiment()] }), 'reply', unit);
    expect(decision).toMatchObject({ reason: 'UNIT_MISSING', source: 'champion', exposes: false });
  });

  it('knows no model for a task that is not there, even one named like a built-in', () => {
    for (const key of ['nope', '__proto__', 'constructor']) {
      expect(decide(compiled({}), key, 'user-1')).toMatchObject({ model: null, reason: 'TASK_UNKNOWN' });
    }
  });

  it('passes a unit outside the audience, or of a paused experiment, on to the rollout', () => {
    const rollout = aRollout({ share: 0.5, controlShare: 0.5 });
    const audience = { attribute: 'plan', operator: 'equals', value: 'pro' } as const;
    const targeted = compiled({ experiments: [anExperiment({ audience })], rollout });
    expect(decide(targeted, 'reply', 'user-1', { plan: 'free' }).source).toBe('rollout');
    expect(decide(targeted, 'reply', 'user-1', { plan: 'pro' }).source).toBe('experiment');
    const paused = compiled({
      experiments: [anExperiment({ paused: true, overrides: { 'user-1': 'b' } })],
      rollout,
    });
    expect(decide(paused, 'reply', 'user-1').source).toBe('rollout');
  });

  it('never throws, and answers the champion with ERROR', () => {
    const attributes = new Proxy(
      {},
      {
        get: () => {
          throw new Error('broken by the caller');
        },
      },
    );
    const audience = { attribute: 'plan', operator: 'exists' } as const;
    const decision = decide(
      compiled({ experiments: [anExperiment({ audience })] }),
      'reply',
      'u',
      attributes,
    );
    expect(decision).toMatchObject({
      reason: 'ERROR',
      source: 'champion',
      model: { key: 'old' },
      exposes: false,
    });
  });

  it.each(['__proto__', 'toString', 'constructor', '', 5, null, undefined, Symbol('s'), { toString: 5 }])(
    'knows no task called %p',
    (key) => {
      const decision = decide(compiled({}), key as string, 'u');
      expect(decision).toMatchObject({ reason: 'TASK_UNKNOWN', source: 'none', model: null, exposes: false });
    },
  );

  it('keeps the arm in the record while stale and serves rollout units the champion', () => {
    const rules = compiled({ rollout: aRollout({ share: 0.5, controlShare: 0.5 }) });
    const unit = users.find((user) => decide(rules, 'reply', user).variant === 'challenger')!;
    const stale = decide(rules, 'reply', unit, {}, { stale: true });
    expect(stale).toMatchObject({
      reason: 'STALE',
      variant: 'challenger',
      exposes: true,
      model: { key: 'old' },
    });
    const experiment = compiled({ experiments: [anExperiment()] });
    expect(decide(experiment, 'reply', unit, {}, { stale: true }).reason).toBe('SPLIT');
  });

  it('states the probability of the arm', () => {
    const variants = [
      { key: 'a', model: 'old@1', weight: 3, control: true },
      { key: 'b', model: 'new@1', weight: 1, control: false },
    ];
    const split = compiled({ experiments: [anExperiment({ variants })] });
    const rollout = compiled({ rollout: aRollout({ share: 0.2, controlShare: 0.2 }) });
    const expected: Record<string, number> = {
      a: 0.75,
      b: 0.25,
      challenger: 0.2,
      control: 0.2,
      champion: 0.6,
    };
    for (const rules of [split, rollout]) {
      for (const user of users.slice(0, 100)) {
        const { variant, propensity } = decide(rules, 'reply', user);
        expect(propensity).toBeCloseTo(expected[variant!]!, 12);
      }
    }
  });

  it('keeps the winners of an experiment on the challenger, flagged', () => {
    const experiment = anExperiment();
    const winners = users.filter(
      (user) => decide(compiled({ experiments: [experiment] }), 'reply', user).variant === 'b',
    );
    const carried = {
      experiment: 'tone',
      salt: experiment.salt,
      ranges: experiment.ranges,
      from: HASH_SPACE / 2,
      to: HASH_SPACE,
    };
    const rules = compiled({ rollout: aRollout({ share: 0.01, controlShare: 0.01, carried }) });
    for (const winner of winners.slice(0, 500)) {
      expect(decide(rules, 'reply', winner)).toMatchObject({ variant: 'challenger', carried: true });
    }
    const others = users.filter((user) => !winners.includes(user)).slice(0, 500);
    expect(others.some((user) => decide(rules, 'reply', user).carried)).toBe(false);
  });
});

describe('a ramp', () => {
  const challengers = (share: number, epoch = 1) => {
    const rules = compiled({ rollout: aRollout({ share, controlShare: Math.min(share, 1 - share), epoch }) });
    return users.filter((user) => decide(rules, 'reply', user).variant === 'challenger');
  };

  it.each([0.01, 0.05, 0.25])('of %d routes that share and not everything', (share) => {
    const found = challengers(share).length / users.length;
    expect(Math.abs(found - share)).toBeLessThan(5 * Math.sqrt((share * (1 - share)) / users.length));
  });

  it('routes nobody at 0 and everybody at 1', () => {
    expect(challengers(0)).toHaveLength(0);
    expect(challengers(1)).toHaveLength(users.length);
  });

  it('only adds units as it rises', () => {
    const shares = [0.01, 0.05, 0.2, 0.5, 0.8, 1];
    const stages = shares.map((share, index) => new Set(challengers(share, index + 1)));
    for (let next = 1; next < stages.length; next += 1) {
      expect([...stages[next - 1]!].every((user) => stages[next]!.has(user))).toBe(true);
    }
  });

  it('has a concurrent control of equal size that shares no unit with it', () => {
    const rules = compiled({ rollout: aRollout({ share: 0.3, controlShare: 0.3 }) });
    const arms = users.map((user) => decide(rules, 'reply', user).variant);
    const count = (arm: string) => arms.filter((one) => one === arm).length / arms.length;
    for (const [arm, share] of [
      ['challenger', 0.3],
      ['control', 0.3],
      ['champion', 0.4],
    ] as const) {
      expect(Math.abs(count(arm) - share)).toBeLessThan(0.02);
    }
  });
});

describe('assignment over time', () => {
  it('is the same after a restart: it depends on the salts, not on ids, order or versions', () => {
    const one = compileRuleset(aRuleset([aTask({ experiments: [anExperiment()] })]));
    const again = compileRuleset(
      aRuleset(
        [aTask({ key: 'other' }), aTask({ experiments: [anExperiment({ id: 'another-row', epoch: 9 })] })],
        { version: 99 },
      ),
    );
    for (const user of users.slice(0, 2000)) {
      expect(decide(again, 'reply', user).variant).toBe(decide(one, 'reply', user).variant);
    }
  });

  it('never puts a unit of one task into two experiments', () => {
    const first = allocateRanges([], 0.4)!;
    const second = allocateRanges(first, 0.6)!;
    const rules = compiled({
      experiments: [
        anExperiment({ key: 'one', ranges: first }),
        anExperiment({ key: 'two', ranges: second }),
      ],
    });
    const counts = { one: 0, two: 0 };
    for (const user of users) {
      const inFirst = first.some(([from, to]) => {
        const at = position('task:reply:position', user);
        return at >= from && at < to;
      });
      const { experiment } = decide(rules, 'reply', user);
      expect(experiment).toBe(inFirst ? 'one' : 'two');
      counts[experiment as 'one' | 'two'] += 1;
    }
    expect(counts.one / users.length).toBeCloseTo(0.4, 1);
  });

  it('moves only the units a changed share must move', () => {
    const before = allocateRanges([], 0.2)!;
    const after = allocateRanges([], 0.3, before)!;
    const variantOf = (ranges: typeof before) => {
      const rules = compiled({ experiments: [anExperiment({ ranges })] });
      return users.map((user) => decide(rules, 'reply', user).variant);
    };
    const [old, grown] = [variantOf(before), variantOf(after)];
    old.forEach((variant, index) => {
      if (variant !== null) expect(grown[index]).toBe(variant);
    });
  });
});
