import {
  type Condition,
  HASH_SPACE,
  type HashRange,
  type HashScheme,
  type Prerequisite,
  type RulesetExperiment,
  type RulesetTask,
  type RulesetVariant,
} from '@app/bucketing';
import { NotOurs } from '../not-ours.js';
import type { SpecFeature, SpecStrategy, SpecVariant } from './spec.types.js';
import { conditionOf } from './translate-constraint.js';

/** Arm of a strategy that has no variants. */
export const ON = 'on';
/** Unit type of strategies that stick to whatever a caller says the unit is. */
export const ANY_UNIT = 'conformanceUnit';
const THOUSANDTH = HASH_SPACE / 1000;

export interface TranslatedStrategy {
  readonly task: RulesetTask;
  /** The context field whose text is the unit; null: whatever the caller says it is, for a strategy that is on without. */
  readonly unitField: string | null;
  /** What a caller takes for the unit then, first that is there. */
  readonly callersUnit: readonly string[];
}

/** How a strategy draws. */
interface Draw {
  readonly groupId: string | null;
  readonly percentage: number;
  readonly stickiness: string;
  /** Beside its constraints. */
  readonly audience: readonly Condition[];
}

const list = (value: unknown): string[] =>
  String(value ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');

function drawOf({ name, parameters = {} }: SpecStrategy): Draw {
  const everybody = { groupId: null, percentage: 100, stickiness: 'default', audience: [] };
  const groupId = parameters.groupId ? String(parameters.groupId) : null;
  const among = (attribute: string, values: string[]): Condition =>
    values.length === 0 ? { any: [] } : { attribute, operator: 'in', value: values };
  switch (name) {
    case 'default':
      return everybody;
    case 'userWithId':
      return { ...everybody, audience: [among('userId', list(parameters.userIds))] };
    case 'remoteAddress': {
      const addresses = list(parameters.IPs);
      if (addresses.some((one) => one.includes('/')))
        throw new NotOurs('audiences have no operator for ranges of addresses');
      return { ...everybody, audience: [among('remoteAddress', addresses)] };
    }
    case 'gradualRolloutUserId':
      return { groupId, percentage: Number(parameters.percentage), stickiness: 'userId', audience: [] };
    case 'gradualRolloutSessionId':
      return { groupId, percentage: Number(parameters.percentage), stickiness: 'sessionId', audience: [] };
    case 'gradualRolloutRandom':
      return { groupId, percentage: Number(parameters.percentage), stickiness: 'random', audience: [] };
    case 'flexibleRollout':
      return {
        groupId,
        percentage: Number(parameters.rollout),
        stickiness: String(parameters.stickiness ?? 'default'),
        audience: [],
      };
    default:
      // A strategy that nobody knows is on for nobody.
      return { ...everybody, percentage: 0 };
  }
}

/**
 * One strategy of a feature as a task of ours with one experiment: its percentage the traffic share, its constraints
 * and segments the audience, its variants the arms. The first task of a feature that takes the unit answers.
 *
 * @throws NotOurs
 */
export function translateStrategy(
  feature: SpecFeature,
  strategy: SpecStrategy,
  names: { readonly task: string; readonly segment: (id: number) => string },
  hashScheme: HashScheme,
  prerequisites: readonly Prerequisite[],
): TranslatedStrategy {
  const draw = drawOf(strategy);
  const sure = draw.percentage === 0 || draw.percentage === 100;
  if (draw.stickiness === 'random' && !sure) throw new NotOurs('a random draw gives one unit two answers');
  const own = strategy.variants ?? [];
  const featureVariants = own.length > 0 ? [] : (feature.variants ?? []);
  const groupId = draw.groupId ?? feature.name;
  if (featureVariants.length > 1 && !sure && groupId !== feature.name) {
    throw new NotOurs('its percentage and its variants hash by two groups');
  }
  const key = featureVariants.length > 0 && sure ? feature.name : groupId;
  const variants = own.length > 0 ? own : featureVariants;
  const audience: Condition[] = [
    ...draw.audience,
    ...(strategy.constraints ?? []).map(conditionOf),
    ...(strategy.segments ?? []).map((id): Condition => ({ segment: names.segment(id) })),
  ];
  const experiment: RulesetExperiment = {
    id: '0190a0c0-0000-7000-8000-000000000000',
    key,
    epoch: 1,
    salt: key,
    assignment: 'platform',
    paused: false,
    ranges: draw.percentage > 0 ? [[0, Math.round((draw.percentage / 100) * HASH_SPACE)]] : [],
    audience: audience.length === 0 ? null : { all: audience },
    ...(prerequisites.length > 0 && { prerequisites }),
    variants: armsOf(variants),
    overrides: overridesOf(variants),
  };
  const said = ['default', 'random'].includes(draw.stickiness);
  const unitType = said
    ? ANY_UNIT
    : ({ userId: 'user', sessionId: 'session' }[draw.stickiness] ?? draw.stickiness);
  return {
    task: {
      key: names.task,
      unitType,
      hashScheme,
      positionSalt: names.task,
      enabled: feature.enabled,
      // Off has a model of its own where another task may ask for it.
      champion: hashScheme === 'native-v1' ? 'off@1' : null,
      fallbacks: [],
      experiments: [experiment],
      rollout: null,
      holdout: null,
    },
    unitField: said ? null : draw.stickiness,
    callersUnit: stickinessOf(variants),
  };
}

/** The fields that variants stick to. */
const stickinessOf = ([first]: readonly SpecVariant[]): readonly string[] =>
  first?.stickiness && !['default', 'random'].includes(first.stickiness)
    ? [first.stickiness]
    : ['userId', 'sessionId', 'remoteAddress'];

function armsOf(variants: readonly SpecVariant[]): RulesetVariant[] {
  const arm = { model: 'on@1', control: false };
  const weighed = variants.filter(({ weight }) => weight > 0);
  if (weighed.length === 0) return [{ ...arm, key: ON, weight: 1 }];
  const total = weighed.reduce((sum, { weight }) => sum + weight, 0);
  if (weighed.length === 1) return [{ ...arm, key: weighed[0]!.name, weight: 1 }];
  // hash % total is (hash % 1000) % total where total divides 1000: an arm is then a stretch in each of its rounds.
  if (1000 % total !== 0) {
    throw new NotOurs(
      `its weights total ${total}; Unleash's server and ours divide by 1000, which ${total} does not divide`,
    );
  }
  let from = 0;
  return weighed.map(({ name, weight }) => {
    const start = from;
    from += weight;
    const ranges = Array.from({ length: 1000 / total }, (_, round): HashRange => [
      Math.round((round * total + start) * THOUSANDTH),
      Math.round((round * total + start + weight) * THOUSANDTH),
    ]);
    return { ...arm, key: name, weight, ranges };
  });
}

function overridesOf(variants: readonly SpecVariant[]): Record<string, string> {
  const named = variants.flatMap(({ name, overrides = [] }) =>
    overrides.flatMap(({ contextName, values }) => {
      if (contextName !== 'userId') throw new NotOurs(`overrides name units, not values of ${contextName}`);
      return values.map((value) => [value, name] as const);
    }),
  );
  return Object.fromEntries(named);
}
