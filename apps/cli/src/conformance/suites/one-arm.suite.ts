import { createContender } from '@app/sdk';
import type { ConformanceContext, ConformanceInstance } from '../context.js';
import { bySdk, compare } from '../one-arm/compare.js';
import { EdgeCalls } from '../one-arm/edge-calls.js';
import { growthbookLocal, unleashLocal } from '../one-arm/local-routes.js';
import { type ArmRoute, remoteRoutes } from '../one-arm/remote-routes.js';
import { oneArmRules } from '../one-arm/rules.js';
import { asciiPeople, otherPeople } from '../one-arm/units.js';
import { publishForeign, serviceKey } from '../publish.js';
import type { Suite } from '../suite.js';
import type { SuiteReport } from '../suite-report.js';
import { readyUnleash } from '../unleash-client.js';

const UNITS = 100_000;
/** Of these, so many have ids that are not ASCII. */
const OTHER_UNITS = 40_000;
/** Rules of this suite's own live here; the control plane publishes nothing into it meanwhile. */
const ENVIRONMENT = 'staging';

/**
 * Two experiments at one time and a rollout under each hash scheme: whoever is asked about a unit gives the arm that the
 * SDK decides in process. Local evaluation by other SDKs is held to it for their own scheme and for ASCII ids.
 */
export const oneArmSuite: Suite = {
  name: 'one-arm',
  says: `one arm per unit: the SDK in process against every other route, ${UNITS} units each`,
  async run(report: SuiteReport, context: ConformanceContext): Promise<void> {
    const instance = await context.instance();
    const key = await serviceKey(instance, ENVIRONMENT);
    await publishForeign(instance, { environment: ENVIRONMENT, key }, (version) =>
      oneArmRules(version, ENVIRONMENT),
    );
    const url = instance.edgeUrl;
    const client = createContender({ url, key, flushOnExit: false });
    if (!(await client.ready())) throw new Error('the SDK did not get its rules');
    const calls = new EdgeCalls(url, key);
    const local = await localRoutes(instance, context, key);
    try {
      const ascii = asciiPeople(UNITS);
      const everyone = [...ascii.slice(0, UNITS - OTHER_UNITS), ...otherPeople(OTHER_UNITS)];
      const truth = new Map(
        [ascii, everyone].map((people) => [people, people.map((person) => bySdk(client, person))]),
      );
      for (const route of [...local.routes, ...remoteRoutes(calls)]) {
        const people = route.everyId ? everyone : ascii;
        await report.check(route.name, async () => {
          const { units, answers, different, examples } = await compare(route, people, truth.get(people)!);
          report.note(`${route.name}: ${units} units, ${answers} answers, ${different} different`);
          if (different > 0) throw new Error(`${different} of ${answers} differ; ${examples.join('; ')}`);
        });
      }
    } finally {
      local.stop();
      calls.close();
      await client.close();
    }
  },
};

async function localRoutes(
  { edgeUrl }: ConformanceInstance,
  context: ConformanceContext,
  key: string,
): Promise<{ routes: ArmRoute[]; stop: () => void }> {
  const unleash = await readyUnleash(context, { url: `${edgeUrl}/api`, key, appName: 'one-arm' });
  const growthbook = await growthbookLocal(context.peers, { url: edgeUrl, key });
  return {
    routes: [unleashLocal(unleash), growthbook.route],
    stop: () => {
      unleash.destroy();
      growthbook.stop();
    },
  };
}
