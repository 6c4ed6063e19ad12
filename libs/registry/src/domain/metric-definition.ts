import type { Direction, MetricKind } from '@app/stats';
import { RegistryError } from './registry.errors.js';

export type Aggregate = 'sum' | 'mean' | 'max' | 'last' | 'any';

/** How the events of a unit become one number of that unit; one immutable version of it. */
export interface MetricDefinition {
  readonly id: string;
  readonly key: string;
  readonly version: number;
  readonly name: string;
  readonly description: string | null;
  /** What people read beside a figure: "USD", "ms". */
  readonly unitLabel: string | null;
  /** The unit type it is measured at; null fits every task. */
  readonly unitType: string | null;
  readonly kind: MetricKind;
  /** Event name. */
  readonly source: string;
  readonly aggregate: Aggregate;
  /** Event names of a ratio. */
  readonly numerator: string | null;
  readonly denominator: string | null;
  /** Level of a quantile, in (0, 1). */
  readonly quantile: number | null;
  readonly direction: Direction;
  readonly transform: 'none' | 'log';
  /** An event counts 1 when its value is above this (a missed service level), else 0. */
  readonly threshold: number | null;
  readonly bounds: readonly [number, number] | null;
  /** Values above are taken as this. */
  readonly cap: number | null;
  readonly windowDelayS: number;
  /** null: unlimited. */
  readonly windowLengthS: number | null;
  /** What a unit without events is. */
  readonly missing: 'zero' | 'exclude';
  readonly covariate: string | null;
  readonly createdBy: string;
  readonly createdAt: Date;
}

export type MetricContent = Omit<MetricDefinition, 'id' | 'key' | 'version' | 'createdBy' | 'createdAt'>;

/** A definition as a person writes it: what is left out gets the default of its kind. */
export type MetricInput = Pick<MetricContent, 'kind' | 'direction'> & {
  readonly [Field in keyof MetricContent]?: MetricContent[Field] | undefined;
};

const AGGREGATES: Record<MetricKind, readonly [fallback: Aggregate, ...others: Aggregate[]]> = {
  proportion: ['max', 'any', 'last'],
  count: ['sum', 'max', 'last'],
  mean: ['mean', 'sum', 'max', 'last'],
  ratio: ['sum'],
  quantile: ['mean'],
};

/**
 * A whole definition from what a person wrote.
 *
 * @throws RegistryError when the parts contradict each other
 */
export function defineMetric(key: string, input: MetricInput): MetricContent {
  const { kind } = input;
  const content: MetricContent = {
    name: input.name ?? key,
    description: input.description ?? null,
    unitLabel: input.unitLabel ?? null,
    unitType: input.unitType ?? null,
    kind,
    source: input.source ?? input.numerator ?? key,
    aggregate: input.aggregate ?? AGGREGATES[kind][0],
    numerator: input.numerator ?? null,
    denominator: input.denominator ?? null,
    quantile: input.quantile ?? null,
    direction: input.direction,
    transform: input.transform ?? 'none',
    threshold: input.threshold ?? null,
    bounds: input.bounds ?? null,
    cap: input.cap ?? null,
    windowDelayS: input.windowDelayS ?? 0,
    windowLengthS: input.windowLengthS ?? null,
    missing: input.missing ?? (kind === 'count' ? 'zero' : 'exclude'),
    covariate: input.covariate ?? null,
  };
  check(key, content);
  return content;
}

function check(key: string, metric: MetricContent): void {
  checkShape(key, metric);
  checkNumbers(key, metric);
}

function checkShape(key: string, metric: MetricContent): void {
  const { kind } = metric;
  const parts = [metric.numerator, metric.denominator].filter((part) => part !== null).length;
  if (kind === 'ratio' && parts < 2) {
    throw new RegistryError(
      'RATIO_NEEDS_NUMERATOR',
      `${key} is a ratio: name the events of its numerator and of its denominator`,
    );
  }
  if (kind !== 'ratio' && parts > 0) inconsistent(key, `only a ratio has a numerator and a denominator`);
  if (kind === 'quantile' && metric.quantile === null) {
    throw new RegistryError('QUANTILE_NEEDS_LEVEL', `${key} is a quantile: say which, e.g. 0.95`);
  }
  if (kind !== 'quantile' && metric.quantile !== null) inconsistent(key, `only a quantile has a level`);
  if (!AGGREGATES[kind].includes(metric.aggregate)) {
    inconsistent(key, `a ${kind} aggregates by ${AGGREGATES[kind].join(' or ')}, not ${metric.aggregate}`);
  }
  if (metric.threshold !== null && kind !== 'proportion' && kind !== 'quantile') {
    inconsistent(key, `a threshold makes a proportion of its events; its kind is ${kind}`);
  }
  if (metric.missing === 'zero' && (kind === 'ratio' || kind === 'quantile')) {
    inconsistent(key, `a ${kind} has no value for a unit without events; missing can only be exclude`);
  }
  if (metric.transform === 'log' && kind !== 'mean')
    inconsistent(key, `only a mean can be taken of logarithms`);
}

function checkNumbers(key: string, metric: MetricContent): void {
  const { bounds, cap } = metric;
  if (bounds && !(bounds[0] < bounds[1])) {
    throw new RegistryError(
      'BOUNDS_NOT_ORDERED',
      `the bounds of ${key} are [${bounds[0]}, ${bounds[1]}]; the lower must be below the upper`,
    );
  }
  if (bounds && metric.kind === 'proportion' && (bounds[0] !== 0 || bounds[1] !== 1)) {
    inconsistent(key, `a proportion lies in [0, 1], not [${bounds[0]}, ${bounds[1]}]`);
  }
  if (metric.transform === 'log' && bounds && bounds[0] <= 0) {
    inconsistent(key, `logarithms need values above 0; its lower bound is ${bounds[0]}`);
  }
  if (cap !== null && bounds && cap <= bounds[0])
    inconsistent(key, `its cap ${cap} is not above its lower bound`);
  if (cap !== null && metric.kind === 'proportion') inconsistent(key, `a proportion needs no cap`);
}

function inconsistent(key: string, why: string): never {
  throw new RegistryError('METRIC_NOT_CONSISTENT', `${key}: ${why}`);
}
