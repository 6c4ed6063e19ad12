import {
  HASH_SPACE,
  type HashRange,
  RULESET_FORMAT,
  type Ruleset,
  type RulesetExperiment,
  type RulesetHoldout,
  type RulesetModel,
} from '@app/bucketing';
import { NotOurs } from '../not-ours.js';
import { conditionOf, type Groups } from './translate-condition.js';

type Json = Readonly<Record<string, unknown>>;
type Fractions = readonly [from: number, to: number];

/** A rule of a feature, or an experiment of its own, as far as we read them. */
export interface Rule {
  readonly key?: string;
  readonly seed?: string;
  readonly force?: unknown;
  readonly variations?: readonly unknown[];
  readonly weights?: readonly number[];
  readonly coverage?: number;
  readonly range?: Fractions;
  readonly ranges?: readonly Fractions[];
  readonly filters?: ReadonlyArray<{ readonly seed: string; readonly ranges: readonly Fractions[] }>;
  readonly meta?: ReadonlyArray<{ readonly passthrough?: boolean }>;
  readonly hashVersion?: number;
  readonly hashAttribute?: string;
  readonly condition?: Json;
  readonly [more: string]: unknown;
}

/** Members that change who is drawn and have no counterpart. */
const FOREIGN: Readonly<Record<string, string>> = {
  parentConditions:
    'prerequisites are refused for tasks of scheme growthbook-v2: its SDKs would expose the other task',
  contextualVariations: 'no contextual bandits',
  contextualBanditRef: 'no contextual bandits',
  urlPatterns: 'pages and redirects are a browser’s',
};

/** A feature as a ruleset with one task, whose models are the feature's values by their place in `values`. */
export interface TranslatedFeature {
  readonly ruleset: Ruleset;
  readonly values: readonly unknown[];
  readonly unitAttribute: string;
  /** Whether who is asked about makes a difference; a value forced on all needs no unit there. */
  readonly draws: boolean;
}

const space = (fraction: number): number => Math.round(fraction * HASH_SPACE);
const ranges = (given: readonly Fractions[]): HashRange[] =>
  given.map(([from, to]) => [space(from), space(to)]);

/** @throws NotOurs */
export function translateFeature(
  key: string,
  { defaultValue = null, rules = [] }: { defaultValue?: unknown; rules?: readonly Rule[] },
  attributes: Json,
  groups: Groups,
): TranslatedFeature {
  const writer = new TaskWriter(key, attributes, groups);
  const champion = defaultValue === null ? null : writer.value(defaultValue);
  const [first, second] = rules;
  if (rules.length === 2 && isHoldout(first!) && second!.variations) {
    writer.hold(first!, first!.variations![0], first!.ranges![0]!);
    writer.experiment(second!);
  } else if (rules.length > 1)
    throw new NotOurs('a feature falls through a list of rules; a task has one place for each');
  else if (first) writer.rule(first);
  return writer.done(champion);
}

/** An arm that ends here and another that passes through to the next rule. */
const isHoldout = ({ meta, ranges: given, variations }: Rule): boolean =>
  variations?.length === 2 && meta?.[1]?.passthrough === true && given?.[0]?.[0] === 0;

class TaskWriter {
  private readonly values: unknown[] = [];
  private readonly experiments: RulesetExperiment[] = [];
  private holdout: RulesetHoldout | null = null;
  private positionSalt: string;
  private unitAttribute = 'id';
  private draws = false;

  constructor(
    private readonly key: string,
    private readonly attributes: Json,
    private readonly groups: Groups,
  ) {
    this.positionSalt = `task:${key}:position`;
  }

  value(value: unknown): string {
    this.values.push(value);
    return `value-${this.values.length - 1}@1`;
  }

  rule(rule: Rule): void {
    const foreign = Object.keys(FOREIGN).find((name) => rule[name] !== undefined);
    if (foreign) throw new NotOurs(FOREIGN[foreign]!);
    if (rule.variations) {
      this.experiment(rule);
      return;
    }
    if (rule.force === undefined) throw new NotOurs('a rule without a value');
    if (rule.filters) throw new NotOurs('a forced value with a filter');
    const range: Fractions | undefined =
      rule.range ?? (rule.coverage === undefined ? undefined : [0, rule.coverage]);
    if (!range) this.experiment({ ...rule, hashVersion: 2, variations: [rule.force], weights: [1] });
    else this.hold(rule, rule.force, range);
  }

  /** A value for a stretch that begins at 0, before all experiments. */
  hold(rule: Rule, value: unknown, [from, to]: Fractions): void {
    this.requireVersion(rule);
    this.draws = true;
    if (from !== 0) throw new NotOurs('a forced stretch begins at 0, as a holdout does');
    if (rule.condition) throw new NotOurs('a holdout asks nothing of a unit');
    this.holdout = {
      key: 'holdout',
      salt: rule.seed ?? rule.key ?? this.key,
      share: to,
      model: this.value(value),
    };
  }

  experiment(rule: Rule): void {
    this.requireVersion(rule);
    const { key = this.key, variations = [], filters = [], condition } = rule;
    if (filters.length > 1) throw new NotOurs('several filters');
    if (filters[0]) this.positionSalt = filters[0].seed;
    this.unitAttribute = rule.hashAttribute ?? 'id';
    this.draws ||= variations.length > 1;
    const audience = condition ? conditionOf(condition, this.attributes, this.groups) : null;
    this.experiments.push({
      id: '0190a0c0-0000-7000-8000-000000000000',
      key,
      epoch: 1,
      salt: rule.seed ?? key,
      assignment: 'platform',
      paused: false,
      ranges: filters[0] ? ranges(filters[0].ranges) : [[0, HASH_SPACE]],
      audience,
      overrides: {},
      variants: armsOf(rule).map((arm, index) => ({
        key: `arm-${index}`,
        model: this.value(variations[index]),
        control: index === 0,
        ...arm,
      })),
    });
  }

  done(champion: string | null): TranslatedFeature {
    const { key, experiments, holdout, values, positionSalt } = this;
    const model = (index: number): RulesetModel => ({
      key: `value-${index}`,
      version: 1,
      provider: 'none',
      name: `value-${index}`,
      parameters: {},
    });
    const task = {
      key,
      unitType: this.unitAttribute === 'id' ? 'user' : this.unitAttribute,
      hashScheme: 'growthbook-v2' as const,
      positionSalt,
      enabled: true,
      champion,
      fallbacks: [],
      experiments,
      rollout: null,
      holdout,
    };
    const models = Object.fromEntries(values.map((_, index) => [`value-${index}@1`, model(index)]));
    return {
      values,
      unitAttribute: this.unitAttribute,
      draws: this.draws,
      ruleset: {
        format: RULESET_FORMAT,
        environment: 'staging',
        version: 1,
        publishedAt: '2026-01-01T00:00:00.000Z',
        models,
        tasks: { [key]: task },
        subjects: {},
      },
    };
  }

  private requireVersion({ hashVersion = 1, namespace, filters }: Rule): void {
    if (hashVersion !== 2) throw new NotOurs('hash version 1 is biased and not served; version 2 is');
    if (namespace && !filters) throw new NotOurs('namespaces hash by version 1; filters take their place');
  }
}

/** Weights of a whole split, or stretches that cover it. */
export function armsOf({ variations = [], weights, coverage = 1, ranges: given }: Rule): Array<{
  weight: number;
  ranges?: HashRange[];
}> {
  if (given) {
    const [start, end] = [given[0]?.[0], given.at(-1)?.[1]];
    if (start !== 0 || end !== 1) throw new NotOurs('arms cover their space; a share of traffic is a filter');
    return given.map(([from, to]) => ({ weight: to - from, ranges: ranges([[from, to]]) }));
  }
  if (coverage !== 1) throw new NotOurs('a share of traffic is a filter on another seed, not shorter arms');
  const sum = weights?.reduce((total, weight) => total + weight, 0) ?? 1;
  if (weights && (weights.length !== variations.length || Math.abs(sum - 1) > 1e-9)) {
    throw new NotOurs('weights belong to arms, and are normalised whatever their sum');
  }
  return variations.map((_, index) => ({ weight: weights?.[index] ?? 1 }));
}
