import { type Ruleset, RULESET_FORMAT } from '@app/bucketing';
import { SeededRng } from '@app/kernel';

export const EXPERIMENTS = 100;
export const UNITS = 1_000_000;
export const COUNTRIES = ['DE', 'AT', 'CH', 'FR', 'ES', 'IT', 'PL', 'NL', 'BE', 'PT'];
export const PLANS = ['free', 'pro', 'team', 'enterprise'];

/** One experiment as every system can say it: two attributes to be met, a share of traffic, and arms by weight. */
export interface WorkExperiment {
  readonly key: string;
  readonly countries: readonly string[];
  /** The plan that is not taken. */
  readonly without: string;
  /** Fraction of the units that meet it; every second experiment takes half, the others all. */
  readonly share: number;
  readonly arms: ReadonlyArray<{ readonly key: string; readonly weight: number }>;
}

/** A hundred experiments, two and three arms in turn, each open to six countries and three plans. */
export const experiments: readonly WorkExperiment[] = Array.from({ length: EXPERIMENTS }, (_, n) => ({
  key: `task-${n}`,
  countries: COUNTRIES.map((_country, at) => COUNTRIES[(at + n) % COUNTRIES.length]!).slice(0, 6),
  without: PLANS[n % PLANS.length]!,
  share: n % 4 < 2 ? 1 : 0.5,
  arms:
    n % 2 === 0
      ? [
          { key: 'control', weight: 500 },
          { key: 'challenger', weight: 500 },
        ]
      : [
          { key: 'control', weight: 400 },
          { key: 'challenger', weight: 300 },
          { key: 'other', weight: 300 },
        ],
}));

/** What share of all calls ends in an arm: six countries of ten, three plans of four, three quarters of those. */
export const EXPECTED_SHARE = 0.6 * 0.75 * 0.75;

export interface WorkUnits {
  readonly ids: readonly string[];
  readonly countries: readonly string[];
  readonly plans: readonly string[];
}

/** A million ids as a shop has them, and where the units live and what they pay. */
export function units(): WorkUnits {
  const rng = new SeededRng(7);
  const pick = (values: readonly string[]): string => values[Math.floor(rng.next() * values.length)]!;
  return {
    ids: Array.from({ length: UNITS }, (_, n) => `user-${n}`),
    countries: Array.from({ length: UNITS }, () => pick(COUNTRIES)),
    plans: Array.from({ length: UNITS }, () => pick(PLANS)),
  };
}

/** The experiments as a ruleset of ours. */
export function aRuleset(): Ruleset {
  const model = (key: string) => ({ key, version: 1, provider: 'openai', name: key, parameters: {} });
  const models = ['control', 'challenger', 'other'].map((key) => [`${key}@1`, model(key)] as const);
  return {
    format: RULESET_FORMAT,
    environment: 'production',
    version: 1,
    publishedAt: '2026-01-01T00:00:00.000Z',
    models: Object.fromEntries(models),
    tasks: Object.fromEntries(experiments.map((one) => [one.key, taskOf(one)])),
    subjects: {},
  };
}

function taskOf({ key, countries, without, share, arms }: WorkExperiment): Ruleset['tasks'][string] {
  return {
    key,
    unitType: 'user',
    hashScheme: 'native-v1',
    positionSalt: `task:${key}:position`,
    enabled: true,
    champion: 'control@1',
    fallbacks: [],
    experiments: [
      {
        id: `id-of-${key}`,
        key,
        epoch: 1,
        salt: `experiment:${key}:variant`,
        assignment: 'platform',
        paused: false,
        ranges: [[0, share * 2 ** 32]],
        audience: {
          all: [
            { attribute: 'country', operator: 'in', value: countries },
            { attribute: 'plan', operator: 'not-equals', value: without },
          ],
        },
        variants: arms.map((arm, n) => ({ ...arm, model: `${arm.key}@1`, control: n === 0 })),
        overrides: {},
      },
    ],
    rollout: null,
    holdout: null,
  };
}
