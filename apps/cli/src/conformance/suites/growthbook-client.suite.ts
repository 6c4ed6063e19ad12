import { deepStrictEqual as same, ok } from 'node:assert/strict';
import { agree, expectations, people, type Said, saidOf } from '../agreement.js';
import type { ConformanceContext, ConformanceInstance } from '../context.js';
import { type GrowthbookInstance, type GrowthbookPackage, loadPackage } from '../growthbook-client.js';
import type { Suite } from '../suite.js';
import type { SuiteReport } from '../suite-report.js';
import { until } from '../until.js';
import { schemeWorld, switchTask } from '../world.js';

const SCHEMES = ['native-v1', 'unleash', 'growthbook-v2'] as const;

interface Tracked {
  readonly experiment: string;
  readonly variation: string;
}

/** GrowthBook's SDK: evaluating on its own, and asking for evaluated features. */
export const growthbookClientSuite: Suite = {
  name: 'growthbook-client',
  says: '@growthbook/growthbook 1.8.0 against the edge: local evaluation with streaming, and remoteEval of every scheme',
  async run(report: SuiteReport, context: ConformanceContext): Promise<void> {
    const instance = await context.instance();
    const package_ = loadPackage(context);
    const { EventSource } = context.peers.load<{ EventSource: unknown }>('eventsource');
    package_.setPolyfills({ fetch, EventSource });
    await local(report, instance, package_);
    await remote(report, instance, package_);
  },
};

async function local(
  report: SuiteReport,
  instance: ConformanceInstance,
  package_: GrowthbookPackage,
): Promise<void> {
  const { task, experiment } = await schemeWorld(instance, 'growthbook-v2', 0.6);
  const asked = people(1000);
  const expected = await expectations(instance, task, asked);
  report.note(`${asked.length} units evaluated locally`);
  const tracked: Tracked[] = [];
  const growthbook = await ready(instance, package_, tracked, {});
  try {
    await report.check('local: gets the features of its scheme alone', () =>
      same(Object.keys(growthbook.getFeatures()), [task]),
    );
    await report.check('local: one arm per unit', async () => {
      const got = new Map<string, Said>();
      for (const { unit, plan } of asked) {
        await growthbook.setAttributes({ id: unit, plan });
        got.set(unit, ask(growthbook, task));
      }
      agree(expected, got);
    });
    await report.check('local: tracks the experiment and the arm by our keys', () => {
      ok(tracked.length > 0, 'nothing was tracked');
      same([...new Set(tracked.map((one) => one.experiment))], [experiment]);
      same([...new Set(tracked.map((one) => one.variation))].sort(), ['large', 'small']);
    });
    await report.check('local: who names no unit gets the champion', async () => {
      await growthbook.setAttributes({ plan: 'pro' });
      same(ask(growthbook, task), { variant: null, model: 'small@1' });
    });
    await report.check('local: hears of a kill switch on the stream, there and back', async () => {
      await growthbook.setAttributes({ id: 'named-1' });
      same(ask(growthbook, task).variant, 'large');
      await switchTask(instance, task, false);
      await until(
        () => ask(growthbook, task).variant,
        (variant) => variant === null,
      );
      await switchTask(instance, task, true);
      await until(
        () => ask(growthbook, task).variant,
        (variant) => variant === 'large',
      );
    });
  } finally {
    growthbook.destroy();
    await package_.clearCache();
  }
  await report.check(
    'local: the id of a key in the address, the key in a header; the stream needs the id alone',
    async () => {
      const keyId = /_([0-9a-f]{8})[0-9a-f]{40}$/.exec(instance.key)![1]!;
      const apiHostRequestHeaders = { Authorization: `Bearer ${instance.key}` };
      const one = await ready(instance, package_, [], { clientKey: keyId, apiHostRequestHeaders });
      same(Object.keys(one.getFeatures()), [task]);
      await one.setAttributes({ id: 'named-1' });
      await switchTask(instance, task, false);
      await until(
        () => ask(one, task).variant,
        (variant) => variant === null,
      );
      await switchTask(instance, task, true);
      one.destroy();
      await package_.clearCache();
    },
  );
  await report.check('local: the id alone opens nothing', async () => {
    const keyId = /_([0-9a-f]{8})[0-9a-f]{40}$/.exec(instance.key)![1]!;
    const one = new package_.GrowthBook({ apiHost: instance.edgeUrl, clientKey: keyId });
    const { success } = await one.init({ timeout: 5000 });
    same([success, Object.keys(one.getFeatures())], [false, []]);
    one.destroy();
    await package_.clearCache();
  });
}

async function remote(
  report: SuiteReport,
  instance: ConformanceInstance,
  package_: GrowthbookPackage,
): Promise<void> {
  const asked = people(150);
  const tracked: Tracked[] = [];
  const tasks = new Map<string, ReadonlyMap<string, Said>>();
  for (const scheme of SCHEMES) {
    const { task } = await schemeWorld(instance, scheme, scheme === 'native-v1' ? 1 : 0.6);
    tasks.set(task, await expectations(instance, task, asked));
  }
  const growthbook = await ready(instance, package_, tracked, { remoteEval: true });
  try {
    const got = new Map([...tasks.keys()].map((task) => [task, new Map<string, Said>()]));
    for (const { unit, plan } of asked) {
      await growthbook.setAttributes({ id: unit, plan });
      await growthbook.refreshFeatures();
      for (const [task, answers] of got) answers.set(unit, ask(growthbook, task));
    }
    for (const [task, expected] of tasks) {
      await report.check(`remote: ${task}: one arm per unit`, () => agree(expected, got.get(task)!));
    }
    await report.check('remote: tracks every experiment by its key', () =>
      same(
        [...new Set(tracked.map((one) => one.experiment))].sort(),
        [...tasks.keys()].map((task) => `${task}-trial`).sort(),
      ),
    );
    await report.check('remote: hears of a kill switch on the stream, there and back', async () => {
      const [task] = [...tasks.keys()] as [string];
      await growthbook.setAttributes({ id: 'named-1' });
      await growthbook.refreshFeatures();
      same(ask(growthbook, task).variant, 'large');
      await switchTask(instance, task, false);
      await until(
        () => ask(growthbook, task).variant,
        (variant) => variant === null,
      );
      await switchTask(instance, task, true);
      await until(
        () => ask(growthbook, task).variant,
        (variant) => variant === 'large',
      );
    });
  } finally {
    growthbook.destroy();
    await package_.clearCache();
  }
}

async function ready(
  { edgeUrl, key }: ConformanceInstance,
  { GrowthBook }: GrowthbookPackage,
  tracked: Tracked[],
  more: object,
): Promise<GrowthbookInstance> {
  const growthbook = new GrowthBook({
    apiHost: edgeUrl,
    clientKey: key,
    attributes: { id: 'somebody', plan: 'pro' },
    trackingCallback: (experiment: { key: string }, result: { key: string }) =>
      void tracked.push({ experiment: experiment.key, variation: result.key }),
    ...more,
  });
  const { success, source } = await growthbook.init({ timeout: 10_000, streaming: true });
  ok(success, `it got its features from ${source}`);
  return growthbook;
}

function ask(growthbook: GrowthbookInstance, task: string): Said {
  return saidOf(growthbook.evalFeature(task).value as Parameters<typeof saidOf>[0]);
}
