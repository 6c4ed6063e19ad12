import {
  allocateRanges,
  allocateVariants,
  type Attributes,
  type Condition,
  type HashRange,
  type HashScheme,
  type Operator,
  type Ruleset,
  type RulesetExperiment,
  type RulesetRollout,
  type RulesetTask,
  type Scalar,
} from '@app/bucketing';
import type { Rng } from '@app/kernel';

const MODELS = ['old@1', 'new@1', 'newer@2', 'frozen@1'];
const TEXTS = [
  'pro',
  'free',
  'PRO',
  'team pro',
  'a.b*c',
  'x/y',
  '30',
  'true',
  '1.2.3',
  '1.10.0-rc.1',
  '2.0.0',
  'é',
  'v1',
];
const NUMBERS = [0, 1, 30, 35.5, -2];
const TEXT_OPERATORS: readonly Operator[] = ['contains', 'not-contains', 'starts-with', 'ends-with'];
const NUMBER_OPERATORS: readonly Operator[] = ['greater', 'at-least', 'less', 'at-most'];
const VERSION_OPERATORS: readonly Operator[] = [
  'semver-equals',
  'semver-greater',
  'semver-at-least',
  'semver-less',
  'semver-at-most',
];

/** Rules, attributes and units of every kind a hash scheme can express, replayable by seed. */
export class RandomRules {
  constructor(
    private readonly rng: Rng,
    private readonly scheme: Exclude<HashScheme, 'native-v1'>,
  ) {}

  ruleset(tasks: number): Ruleset {
    const models = MODELS.map((reference) => {
      const [key, version] = reference.split('@') as [string, string];
      return [
        reference,
        { key, version: Number(version), provider: 'openai', name: key, parameters: {} },
      ] as const;
    });
    const all = Array.from({ length: tasks }, (_, n) => this.task(`task-${n}`));
    return {
      format: 2,
      environment: 'production',
      version: 1,
      publishedAt: '2026-01-01T00:00:00.000Z',
      models: Object.fromEntries(models),
      tasks: Object.fromEntries(all.map((task) => [task.key, task])),
      segments: { payers: this.test(), friends: { any: [this.test(), { segment: 'payers' }] } },
      subjects: {},
    };
  }

  unit(): string {
    return this.pick([
      `user-${this.below(5000)}`,
      `${this.below(1e6)}`,
      `a@b-${this.below(300)}.org`,
      'qa-1',
    ]);
  }

  /** Also of types that no condition asks for. */
  attributes(): Attributes {
    const values: unknown[] = [
      ...TEXTS,
      ...NUMBERS,
      true,
      false,
      ['pro', 'x'],
      [30, null],
      null,
      '',
      { a: 1 },
    ];
    const names = ['plan', 'age', 'tags', 'app'].filter(() => this.rng.next() < 0.8);
    return Object.fromEntries(names.map((name) => [name, this.pick(values)]));
  }

  private task(key: string): RulesetTask {
    const count = this.below(this.scheme === 'unleash' ? 2 : 4);
    const experiments: RulesetExperiment[] = [];
    for (let n = 0; n < count; n += 1) {
      const taken = experiments.flatMap((one) => [...one.ranges]);
      const ranges = allocateRanges(taken, this.share());
      if (ranges) experiments.push(this.experiment(`${key}-experiment-${n}`, ranges));
    }
    const rollout = this.rng.next() < 0.5 ? this.rollout(`${key}-rollout`) : null;
    const holdoutKey = `${key}-holdout`;
    return {
      key,
      unitType: 'user',
      hashScheme: this.scheme,
      positionSalt: `task:${key}:position`,
      enabled: this.rng.next() < 0.95,
      ...(this.rng.next() < 0.05 ? { killedBy: 'gate' } : {}),
      champion: this.rng.next() < 0.95 ? 'old@1' : null,
      fallbacks: [],
      experiments,
      rollout,
      holdout:
        this.rng.next() < 0.3
          ? { key: holdoutKey, salt: `holdout:${holdoutKey}`, share: this.below(20) / 100, model: 'frozen@1' }
          : null,
    };
  }

  private experiment(key: string, ranges: readonly HashRange[]): RulesetExperiment {
    let arms = this.arms();
    let stretches = allocateVariants(arms);
    // Edited up to three times: arms in pieces.
    const edits = this.below(4);
    for (let n = 0; n < edits; n += 1) {
      arms = this.arms();
      stretches = allocateVariants(arms, stretches);
    }
    return {
      id: `id-of-${key}`,
      key,
      epoch: 1,
      salt: `experiment:${key}:variant`,
      assignment: 'platform',
      paused: this.rng.next() < 0.1,
      ranges,
      audience: this.audience(),
      variants: arms.map((arm, index) => ({
        ...arm,
        model: MODELS[index % MODELS.length]!,
        control: index === 0,
        ...(edits > 0 ? { ranges: stretches[index]!.ranges } : {}),
      })),
      overrides: this.rng.next() < 0.3 ? { 'qa-1': 'b', 'user-7': 'a' } : {},
    };
  }

  private arms(): Array<{ key: string; weight: number }> {
    const keys = this.rng.next() < 0.5 ? ['a', 'b'] : ['a', 'b', 'c'];
    const weights = keys.slice(1).map(() => this.below(Math.floor(1000 / keys.length)));
    return keys.map((key, n) => ({
      key,
      weight: n > 0 ? weights[n - 1]! : 1000 - weights.reduce((a, b) => a + b, 0),
    }));
  }

  private rollout(key: string): RulesetRollout {
    const share = this.pick([0, 0.001, 0.01, 0.05, 0.25, 0.5, 0.9, 1]);
    const isCarried = this.scheme === 'growthbook-v2' && this.rng.next() < 0.3;
    return {
      id: `id-of-${key}`,
      key,
      epoch: 1,
      salt: `rollout:${key}:position`,
      stage: 1,
      share,
      controlShare: Math.min(share, 1 - share),
      challenger: 'new@1',
      champion: 'old@1',
      audience: this.audience(),
      carried: isCarried
        ? {
            experiment: 'was',
            salt: 'experiment:was:variant',
            ranges: [[0, 2 ** 31]],
            from: 2 ** 31,
            to: 2 ** 32,
          }
        : null,
    };
  }

  private audience(): Condition | null {
    return this.rng.next() < 0.4 ? null : this.condition(3);
  }

  private condition(depth: number): Condition {
    const dice = depth > 0 ? this.rng.next() : 1;
    const inner = (): Condition[] => Array.from({ length: this.below(3) }, () => this.condition(depth - 1));
    if (dice < 0.15) return { all: inner() };
    if (dice < 0.3) return { any: inner() };
    if (dice < 0.45) return { not: this.condition(depth - 1) };
    if (dice < 0.55) return { segment: this.pick(['payers', 'friends']) };
    return this.test();
  }

  private test(): Condition {
    const attribute = this.pick(['plan', 'age', 'tags', 'app']);
    const dice = this.below(6);
    if (dice === 0) return { attribute, operator: 'exists' };
    if (dice === 1) {
      return { attribute, operator: this.pick(['equals', 'not-equals']), value: this.scalar() };
    }
    if (dice === 2) {
      const value = Array.from({ length: 1 + this.below(12) }, () => this.scalar());
      return { attribute, operator: this.pick(['in', 'not-in']), value };
    }
    if (dice === 3) return { attribute, operator: this.pick(NUMBER_OPERATORS), value: this.pick(NUMBERS) };
    if (dice === 4) {
      const value = this.pick(['1.2.3', '1.10.0-rc.1', '2.0.0']);
      return { attribute, operator: this.pick(VERSION_OPERATORS), value };
    }
    const value = this.pick(TEXTS.filter((text) => text !== 'é'));
    return { attribute, operator: this.pick(TEXT_OPERATORS), value, ignoreCase: this.rng.next() < 0.5 };
  }

  private scalar(): Scalar {
    return this.pick<Scalar>([...TEXTS, ...NUMBERS, true]);
  }

  private share(): number {
    return this.pick([0.01, 0.1, 0.33, 0.5, 1]);
  }

  private below(end: number): number {
    return Math.floor(this.rng.next() * end);
  }

  private pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }
}
