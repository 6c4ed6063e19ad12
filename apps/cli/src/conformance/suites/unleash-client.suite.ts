import { deepStrictEqual as same, ok } from 'node:assert/strict';
import { agree, expectations, people, type Person, type Said, saidOf } from '../agreement.js';
import type { ConformanceContext, ConformanceInstance } from '../context.js';
import type { Suite } from '../suite.js';
import type { SuiteReport } from '../suite-report.js';
import { readyUnleash, type UnleashClient } from '../unleash-client.js';
import { until } from '../until.js';
import { figure, schemeWorld, switchTask } from '../world.js';

/** The ways in which the client gets its features. */
const MODES: ReadonlyArray<readonly [string, object]> = [
  ['polling', {}],
  ['delta polling', { experimentalMode: { type: 'polling', format: 'delta' } }],
  ['streaming', { experimentalMode: { type: 'streaming' } }],
];

/** unleash-client on the tasks of scheme `unleash`, evaluating on its own, against our own answers. */
export const unleashClientSuite: Suite = {
  name: 'unleash-client',
  says: 'unleash-client 6.12.1 against the edge: polling, delta and streaming, counts and impact metrics',
  async run(report: SuiteReport, context: ConformanceContext): Promise<void> {
    const instance = await context.instance();
    const { task } = await schemeWorld(instance, 'unleash', 0.6);
    const asked = people(1000);
    const expected = await expectations(instance, task, asked);
    report.note(`${asked.length} units by each way of getting features`);
    for (const [mode, more] of MODES) {
      await report.check(`${mode}: gets the features of its scheme alone, and one arm per unit`, () =>
        withClient(context, instance, more, (client) => {
          same(
            client.getFeatureToggleDefinitions().map(({ name }) => name),
            [task],
          );
          agree(expected, new Map(asked.map((one) => [one.unit, ask(client, task, one)])));
        }),
      );
      await report.check(`${mode}: who names no unit gets the champion`, () =>
        withClient(context, instance, more, (client) => {
          same(saidOf(valueOf(client, task, { properties: { plan: 'pro' } })), {
            variant: null,
            model: 'small@1',
          });
        }),
      );
      await report.check(`${mode}: follows a kill switch, there and back`, () =>
        withClient(context, instance, more, async (client) => {
          const drawn = asked.find(({ unit }) => expected.get(unit)!.variant === 'large')!;
          await switchTask(instance, task, false);
          await until(
            () => ask(client, task, drawn).variant,
            (variant) => variant === null,
          );
          await switchTask(instance, task, true);
          await until(
            () => ask(client, task, drawn).variant,
            (variant) => variant === 'large',
          );
        }),
      );
    }
    await report.check('a wrong key is refused, and said', async () => {
      const wrong = { ...instance, key: `${instance.key.slice(0, -4)}0000` };
      await withClient(context, wrong, {}, () => ok(false, 'it got features')).then(
        () => ok(false, 'it got ready'),
        (error: Error) => ok(/responded 401/.test(error.message), error.message),
      );
    });
    await counts(report, context, instance, task, asked);
  },
};

async function counts(
  report: SuiteReport,
  context: ConformanceContext,
  instance: ConformanceInstance,
  task: string,
  asked: readonly Person[],
): Promise<void> {
  const arms = ['small', 'large', 'champion'];
  const counted = (variant: string): Promise<number> =>
    figure(
      instance,
      'contender_edge_sdk_evaluations_total',
      `environment="production",task="${task}",variant="${variant}"`,
    );
  await report.check('registers, and its counts by arm arrive as it counted them', () =>
    withClient(context, instance, {}, async (client) => {
      const before = await Promise.all(arms.map(counted));
      const mine = new Map<string, number>();
      for (const one of asked) {
        const arm = ask(client, task, one).variant ?? 'champion';
        mine.set(arm, (mine.get(arm) ?? 0) + 1);
      }
      await client.flushMetrics();
      const after = await Promise.all(arms.map(counted));
      same(
        arms.map((_, index) => after[index]! - before[index]!),
        arms.map((arm) => mine.get(arm)),
      );
    }),
  );
  await report.check(
    'impact metrics arrive; sums over many units are counted and not taken for outcomes',
    () =>
      withClient(context, instance, {}, async (client) => {
        const labels = 'environment="production",result="unmapped"';
        const before = await figure(instance, 'contender_edge_impact_samples_total', labels);
        client.impactMetrics.defineCounter('purchases', 'Purchases');
        client.impactMetrics.incrementCounter('purchases', 3, {
          flagNames: [task],
          context: { userId: 'user-1' },
        });
        await client.flushMetrics();
        same((await figure(instance, 'contender_edge_impact_samples_total', labels)) - before, 1);
      }),
  );
}

async function withClient(
  context: ConformanceContext,
  { edgeUrl, key }: ConformanceInstance,
  more: object,
  use: (client: UnleashClient) => unknown,
): Promise<void> {
  const client = await readyUnleash(context, {
    url: `${edgeUrl}/api/`,
    key,
    appName: 'conformance',
    more: more as Readonly<Record<string, unknown>>,
  });
  try {
    await use(client);
  } finally {
    client.destroy();
  }
}

function ask(client: UnleashClient, task: string, { unit, plan }: Person): Said {
  return saidOf(valueOf(client, task, { userId: unit, properties: { plan } }));
}

function valueOf(client: UnleashClient, task: string, asked: object): Parameters<typeof saidOf>[0] {
  const { payload } = client.getVariant(task, asked);
  return payload ? (JSON.parse(payload.value) as Parameters<typeof saidOf>[0]) : null;
}
