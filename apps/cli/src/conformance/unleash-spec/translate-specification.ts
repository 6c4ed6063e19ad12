import {
  type Condition,
  type HashScheme,
  type Prerequisite,
  RULESET_FORMAT,
  type Ruleset,
  type RulesetTask,
} from '@app/bucketing';
import { NotOurs } from '../not-ours.js';
import type { SpecFeature, Specification, SpecSegment, SpecStrategy } from './spec.types.js';
import { conditionOf } from './translate-constraint.js';
import { ON, type TranslatedStrategy, translateStrategy } from './translate-feature.js';

export interface TranslatedFeature {
  readonly feature: SpecFeature;
  /** In order; the first that takes a unit answers. */
  readonly strategies: readonly TranslatedStrategy[];
  /** Why our rules cannot say this feature; null when they can. */
  readonly problem: string | null;
  readonly hashScheme: HashScheme;
}

export interface TranslatedSpecification {
  readonly specification: Specification;
  readonly features: ReadonlyMap<string, TranslatedFeature>;
  readonly segments: Readonly<Record<string, Condition>>;
}

const model = (key: string) => ({ key, version: 1, provider: 'none', name: key, parameters: {} });

export function translate(specification: Specification): TranslatedSpecification {
  const { features, segments } = stateOf(specification);
  const byName = new Map(features.map((feature) => [feature.name, feature]));
  const segmentKey = (id: number): string => `${specification.name}/segment-${id}`;
  return {
    specification,
    features: new Map(
      features.map((feature) => [
        feature.name,
        translateFeature(feature, byName, specification.name, segmentKey),
      ]),
    ),
    segments: Object.fromEntries(
      segments.map(({ id, constraints }) => [segmentKey(id), { all: constraints.map(conditionOf) }]),
    ),
  };
}

/** All that was translated, as one ruleset; `schemes` narrows it to tasks of these. */
export function rulesetOf(
  translated: readonly TranslatedSpecification[],
  schemes: readonly HashScheme[],
  version: number,
  environment: string,
): Ruleset {
  const tasks = translated
    .flatMap(({ features }) => [...features.values()])
    .filter(({ problem, hashScheme }) => problem === null && schemes.includes(hashScheme))
    .flatMap(({ strategies }) => strategies.map(({ task }) => [task.key, task] as [string, RulesetTask]));
  return {
    format: RULESET_FORMAT,
    environment,
    version,
    publishedAt: '2026-01-01T00:00:00.000Z',
    models: { 'on@1': model('on'), 'off@1': model('off') },
    tasks: Object.fromEntries(tasks),
    segments: Object.assign({}, ...translated.map(({ segments }) => segments)) as Ruleset['segments'],
    subjects: {},
  };
}

function stateOf({ state }: Specification): { features: SpecFeature[]; segments: SpecSegment[] } {
  const features = new Map((state.features ?? []).map((one) => [one.name, one]));
  const segments = new Map((state.segments ?? []).map((one) => [one.id, one]));
  for (const event of state.events ?? []) {
    if (event.type === 'hydration') {
      for (const one of event.features) features.set(one.name, one);
      for (const one of event.segments) segments.set(one.id, one);
    } else if (event.type === 'feature-updated') features.set(event.feature.name, event.feature);
    else if (event.type === 'feature-removed') features.delete(event.featureName);
    else if (event.type === 'segment-updated') segments.set(event.segment.id, event.segment);
    else segments.delete(event.segmentId);
  }
  return { features: [...features.values()], segments: [...segments.values()] };
}

const DATES = /DATE_/;

function translateFeature(
  feature: SpecFeature,
  all: ReadonlyMap<string, SpecFeature>,
  specification: string,
  segment: (id: number) => string,
): TranslatedFeature {
  const strategies: readonly SpecStrategy[] = feature.strategies?.length
    ? feature.strategies
    : [{ name: 'default' }];
  const isParent = [...all.values()].some(({ dependencies }) =>
    dependencies?.some((one) => one.feature === feature.name),
  );
  // Moments and prerequisites are said under native-v1 alone; without a draw between, its hash makes no difference.
  const native = isParent || Boolean(feature.dependencies?.length) || DATES.test(JSON.stringify(strategies));
  const hashScheme = native ? 'native-v1' : 'unleash';
  const nameOf = (name: string, index: number): string => `${specification}/${name}#${index}`;
  try {
    if (native) refuseDraws(strategies);
    const prerequisites = (feature.dependencies ?? []).map((parent): Prerequisite => {
      const other = all.get(parent.feature);
      if (other?.dependencies?.length) {
        throw new NotOurs('prerequisites may be chained here; Unleash turns off the child of a child');
      }
      const asked = { task: nameOf(parent.feature, 0), models: [parent.enabled === false ? 'off' : 'on'] };
      return parent.enabled !== false && parent.variants?.length
        ? { ...asked, variants: parent.variants.map((name) => (name === 'disabled' ? ON : name)) }
        : asked;
    });
    return {
      feature,
      hashScheme,
      problem: null,
      strategies: strategies.map((strategy, index) =>
        translateStrategy(
          feature,
          strategy,
          { task: nameOf(feature.name, index), segment },
          hashScheme,
          prerequisites,
        ),
      ),
    };
  } catch (error) {
    if (!(error instanceof NotOurs)) throw error;
    return { feature, hashScheme, problem: error.message, strategies: [] };
  }
}

function refuseDraws(strategies: readonly SpecStrategy[]): void {
  const draws = strategies.some(
    ({ parameters = {}, variants = [] }) =>
      variants.length > 1 ||
      ![undefined, '0', '100'].includes(
        parameters.rollout === undefined ? undefined : String(parameters.rollout),
      ),
  );
  if (draws || strategies.length > 1)
    throw new NotOurs('it needs native-v1 for its rules and Unleash’s hash for its draw');
}
