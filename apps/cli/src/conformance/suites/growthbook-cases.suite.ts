import { deepStrictEqual as same } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import {
  compileRuleset,
  decide,
  growthbookCondition,
  growthbookFeature,
  HASH_SPACE,
  matches,
  type Placing,
  SCHEME_PLACINGS,
  splitByWeight,
} from '@app/bucketing';
import type { ConformanceContext } from '../context.js';
import { type GrowthbookSdk, loadGrowthbook } from '../growthbook-client.js';
import { conditionOf, type Groups } from '../growthbook-spec/translate-condition.js';
import { armsOf, type Rule, translateFeature } from '../growthbook-spec/translate-feature.js';
import { NotOurs } from '../not-ours.js';
import type { Suite } from '../suite.js';
import type { SuiteReport } from '../suite-report.js';

type Json = Readonly<Record<string, unknown>>;
type Fractions = readonly [number, number];

interface Cases {
  readonly specVersion: string;
  readonly hash: ReadonlyArray<[seed: string, value: string, version: number, expected: number | null]>;
  readonly getBucketRange: ReadonlyArray<[string, [number, number, number[] | null], Fractions[]]>;
  readonly chooseVariation: ReadonlyArray<[string, number, Fractions[], number]>;
  readonly getEqualWeights: ReadonlyArray<[number, number[]]>;
  readonly evalCondition: ReadonlyArray<[string, Json, Json, boolean, Groups?]>;
  readonly run: ReadonlyArray<[string, Json, Rule, unknown, boolean, boolean]>;
  readonly feature: ReadonlyArray<[string, Json, string, { value: unknown }]>;
  readonly [other: string]: unknown;
}

/** Parts of the SDK that have no counterpart in what is served. */
const NOT_SERVED: Readonly<Record<string, string>> = {
  getQueryStringOverride: 'overrides in an address are applied by the SDK itself',
  inNamespace: 'namespaces hash by version 1, which is not served; filters take their place',
  decrypt: 'payloads are not encrypted; they go over TLS to who holds a key',
  stickyBucket: 'sticky buckets are an SDK’s own memory; our payload switches them off',
  urlRedirect: 'pages and redirects are a browser’s',
  contextualBandit: 'no contextual bandits',
};

/**
 * The cases of GrowthBook's SDKs: its hash, ranges and conditions against ours; its features and experiments translated
 * into our rules, decided here, and once more by GrowthBook's SDK from the payload we make of them.
 */
export const growthbookCasesSuite: Suite = {
  name: 'growthbook-cases',
  says: 'cases.json of GrowthBook’s SDKs: hash, ranges, conditions; features decided here, and by its SDK from our payload',
  async run(report: SuiteReport, context: ConformanceContext): Promise<void> {
    const file = context.shared('growthbook-cases.json');
    if (!file) {
      report.absent('cases.json of GrowthBook’s SDKs (growthbook-cases.json): its cases were not run');
      return;
    }
    const cases = JSON.parse(readFileSync(file, 'utf8')) as Cases;
    const sdk = loadGrowthbook(context);
    await hashes(report, cases);
    await ranges(report, cases);
    for (const [name, condition, attributes, expected, groups = {}] of cases.evalCondition) {
      await evalCondition(report, sdk, name, { condition, attributes, expected, groups });
    }
    for (const [name, context_, key, { value }] of cases.feature) {
      await feature(report, sdk, `feature: ${name}`, { context: context_, key, value });
    }
    for (const [name, context_, experiment, value] of cases.run) {
      const key = experiment.key ?? 'experiment';
      const features = { [key]: { defaultValue: experiment.variations![0], rules: [experiment] } };
      await feature(report, sdk, `run: ${name}`, { context: { ...context_, features }, key, value });
    }
    for (const [section, reason] of Object.entries(NOT_SERVED)) {
      for (const [index, one] of (cases[section] as unknown[][]).entries()) {
        report.exclude(`${section}: ${index + 1} ${String(one[0])}`, reason);
      }
    }
  },
};

async function attempt(report: SuiteReport, name: string, holds: () => unknown): Promise<void> {
  try {
    await holds();
  } catch (error) {
    if (error instanceof NotOurs) report.exclude(name, error.message);
    else await report.check(name, () => Promise.reject(error as Error));
    return;
  }
  await report.check(name, () => undefined);
}

async function hashes(report: SuiteReport, { hash }: Cases): Promise<void> {
  for (const [seed, value, version, expected] of hash) {
    await attempt(report, `hash: ${seed}, ${value}, version ${version}`, () => {
      if (version !== 2) throw new NotOurs('hash version 1 is biased and not served; version 2 is');
      const placing = SCHEME_PLACINGS['growthbook-v2'].holdout({ salt: seed });
      same(placing.of(value) / placing.space, expected);
    });
  }
}

async function ranges(report: SuiteReport, cases: Cases): Promise<void> {
  for (const [name, [count, coverage, weights], expected] of cases.getBucketRange) {
    await attempt(report, `getBucketRange: ${name}`, () => {
      const rule = { variations: Array.from({ length: count }), coverage, weights: weights ?? undefined };
      const split = splitByWeight(armsOf(rule).map(({ weight }) => weight));
      same(
        split.map((range) => range.map((position) => Number((position / HASH_SPACE).toFixed(8)))),
        expected,
      );
    });
  }
  for (const [name, at, given, expected] of cases.chooseVariation) {
    await attempt(report, `chooseVariation: ${name}`, () => same(ownerAt(given, at), expected));
  }
  for (const [count, expected] of cases.getEqualWeights) {
    await attempt(report, `getEqualWeights: ${count}`, () => {
      const split = splitByWeight(Array.from({ length: Math.max(0, count) }, () => 1));
      same(
        split.map(([from, to]) => Math.floor(((to - from) / HASH_SPACE) * 1e8 + 0.5) / 1e8),
        expected,
      );
    });
  }
}

/** Whose experiment takes a unit that stands at a position; -1: nobody's. */
function ownerAt(given: readonly Fractions[], at: number): number {
  const stretch = ([from, to]: Fractions) => [from * HASH_SPACE, to * HASH_SPACE] as const;
  const { ruleset } = translateFeature('task', { rules: [{ force: 1 }] }, {}, {});
  const [experiment] = ruleset.tasks.task!.experiments;
  const experiments = given.map((range, index) => ({
    ...experiment!,
    key: `experiment-${index}`,
    ranges: [stretch(range)],
  }));
  const task = { ...ruleset.tasks.task!, experiments };
  const { experiment: owner } = decide(
    compileRuleset({ ...ruleset, tasks: { task } }),
    'task',
    unitAt(SCHEME_PLACINGS['growthbook-v2'].task(task), Math.round(at * 10_000)),
  );
  return owner === null ? -1 : Number(owner.split('-')[1]);
}

function unitAt(placing: Placing, position: number): string {
  for (let index = 0; ; index += 1) if (placing.of(`u${index}`) === position) return `u${index}`;
}

interface ConditionCase {
  readonly condition: Json;
  readonly attributes: Json;
  readonly expected: boolean;
  readonly groups: Groups;
}

async function evalCondition(
  report: SuiteReport,
  sdk: GrowthbookSdk,
  name: string,
  { condition, attributes, expected, groups }: ConditionCase,
): Promise<void> {
  await attempt(report, `evalCondition: ${name}: decided here`, () => {
    const ours = conditionOf(condition, attributes, groups);
    same(matches(ours, attributes, {}, 'growthbook-v2'), expected);
  });
  await attempt(report, `evalCondition: ${name}: by its SDK from our words`, () => {
    const ours = conditionOf(condition, attributes, groups);
    const { value, problem } = growthbookCondition(ours, {});
    if (value === null) throw new NotOurs(`refused at start, so it is in no payload: ${problem}`);
    const features = { asked: { defaultValue: false, rules: [{ condition: value, force: true }] } };
    same(sdk.evaluate('asked', features, attributes), expected);
  });
}

interface FeatureCase {
  readonly context: Json;
  readonly key: string;
  readonly value: unknown;
}

async function feature(
  report: SuiteReport,
  sdk: GrowthbookSdk,
  name: string,
  { context, key, value }: FeatureCase,
): Promise<void> {
  const attributes = (context.attributes ?? {}) as Json;
  const read = (): ReturnType<typeof translateFeature> | null => {
    const caller = ['forcedVariations', 'qaMode', 'enabled', 'url', 'overrides'].find(
      (one) => context[one] !== undefined,
    );
    if (caller) throw new NotOurs(`${caller} of a context is applied by the SDK itself`);
    const given = (context.features as Record<string, object> | undefined)?.[key];
    return given ? translateFeature(key, given, attributes, (context.savedGroups ?? {}) as Groups) : null;
  };
  await attempt(report, `${name}: decided here`, () => {
    const translated = read();
    if (!translated) {
      same(value, null);
      return;
    }
    const { ruleset, values, unitAttribute } = translated;
    const said = withUnit(attributes, translated);
    const compiled = compileRuleset(ruleset);
    same(compiled.problems, []);
    const unit = said[unitAttribute];
    const known = unit === undefined || unit === null || unit === '' ? null : String(unit);
    const { model } = decide(compiled, key, known, said);
    same(model && values[Number(model.key.split('-')[1])], value);
  });
  await attempt(report, `${name}: by its SDK from our payload`, () => {
    const translated = read();
    if (!translated) {
      same(sdk.evaluate(key, {}, attributes), value);
      return;
    }
    const served = growthbookFeature(compileRuleset(translated.ruleset), key)!;
    const got = sdk.evaluate(key, { [key]: served }, withUnit(attributes, translated)) as {
      model: { key: string };
    } | null;
    same(got && translated.values[Number(got.model.key.split('-')[1])], value);
  });
}

/** Callers of ours say what the unit is, also where nothing is drawn. */
function withUnit(attributes: Json, { draws, unitAttribute }: ReturnType<typeof translateFeature>): Json {
  return draws || attributes[unitAttribute] !== undefined
    ? attributes
    : { ...attributes, [unitAttribute]: 'anybody' };
}
