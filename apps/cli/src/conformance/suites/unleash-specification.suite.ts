import { deepStrictEqual as same } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { compileRuleset } from '@app/bucketing';
import type { ConformanceContext } from '../context.js';
import { publishForeign, serviceKey } from '../publish.js';
import type { Suite } from '../suite.js';
import type { SuiteReport } from '../suite-report.js';
import { askOurselves, type AskStrategy, evaluate, variantResult } from '../unleash-spec/evaluate.js';
import type { SpecCase, Specification } from '../unleash-spec/spec.types.js';
import {
  rulesetOf,
  translate,
  type TranslatedFeature,
  type TranslatedSpecification,
} from '../unleash-spec/translate-specification.js';
import { readyUnleash, type UnleashClient } from '../unleash-client.js';

const PACKAGE = '@unleash/client-specification';
const FOREIGN = 'staging';

/**
 * Unleash's specification of its SDKs, twice: its features translated into our rules and decided by our evaluator; and
 * the same rules served by an edge and evaluated by Unleash's own client, so that the payload says what we decide.
 */
export const unleashSpecificationSuite: Suite = {
  name: 'unleash-specification',
  says: `${PACKAGE} 6.1.0, translated into our rules: by our evaluator, and through the edge by unleash-client`,
  async run(report: SuiteReport, context: ConformanceContext): Promise<void> {
    const translated = read(context).map(translate);
    const cases = translated.reduce(
      (sum, { specification: { tests = [], variantTests = [] } }) => sum + tests.length + variantTests.length,
      0,
    );
    report.note(`${PACKAGE} ${context.peers.versionOf(PACKAGE)} has ${cases} cases`);
    const ours = compileRuleset(rulesetOf(translated, ['unleash', 'native-v1'], 1, FOREIGN));
    // Two features refer to what is not there, on purpose.
    const problems = ours.problems.filter(
      (one) => !/segment-404" is not known|parent.not.exist#0" is no task/.test(one),
    );
    await report.check('every translated rule can be evaluated', () => same(problems, []));
    await judge('decided here', translated, askOurselves(ours), report, () => null);

    const instance = await context.instance();
    const key = await serviceKey(instance, FOREIGN);
    await publishForeign(instance, { environment: FOREIGN, key }, (version) =>
      rulesetOf(translated, ['unleash'], version, FOREIGN),
    );
    const client = await readyUnleash(context, {
      url: `${instance.edgeUrl}/api/`,
      key,
      appName: 'conformance',
    });
    try {
      await judge('by unleash-client', translated, askClient(client), report, ({ hashScheme }) =>
        hashScheme === 'unleash'
          ? null
          : 'moments and prerequisites are refused for tasks of scheme unleash: SDKs take the time of their own machine, and would expose the other task',
      );
    } finally {
      client.destroy();
    }
  },
};

function read(context: ConformanceContext): Specification[] {
  const index = context.peers.resolve(`${PACKAGE}/specifications/index.json`);
  const parse = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
  return (parse(index) as string[]).map(
    (name) => parse(path.join(path.dirname(index), name)) as Specification,
  );
}

const askClient =
  (client: UnleashClient): AskStrategy =>
  ({ task }, asked) => {
    const variant = client.getVariant(task.key, asked);
    return variant.feature_enabled ? variant.name : null;
  };

async function judge(
  how: string,
  translated: readonly TranslatedSpecification[],
  ask: AskStrategy,
  report: SuiteReport,
  inapplicable: (feature: TranslatedFeature) => string | null,
): Promise<void> {
  for (const { specification, features } of translated) {
    const { name, tests = [], variantTests = [] } = specification;
    for (const one of [...tests, ...variantTests]) {
      const title = `${how}: ${name}: ${one.description}`;
      const feature = features.get(one.toggleName);
      const reason = feature ? (feature.problem ?? inapplicable(feature)) : null;
      if (reason !== null) report.exclude(title, reason);
      else await report.check(title, () => holds(one, feature, ask));
    }
  }
}

/** A toggle that is not there is off. */
function holds(one: SpecCase, feature: TranslatedFeature | undefined, ask: AskStrategy): void {
  const answer = feature ? evaluate(feature, one.context, ask) : ({ on: false } as const);
  if (typeof one.expectedResult === 'boolean') {
    same(answer.on, one.expectedResult);
    return;
  }
  const got = feature
    ? variantResult(answer, feature)
    : { name: 'disabled', enabled: false, feature_enabled: false };
  same(got, one.expectedResult);
}
