import { deepStrictEqual as same, ok } from 'node:assert/strict';
import { agree, expectations, people, type Said, saidOf } from '../agreement.js';
import type { ConformanceContext, ConformanceInstance } from '../context.js';
import type { Suite } from '../suite.js';
import type { SuiteReport } from '../suite-report.js';
import { until } from '../until.js';
import { figure, schemeWorld, switchTask } from '../world.js';

interface ProxyClient {
  start(): Promise<void>;
  stop(): void;
  updateContext(context: object): Promise<void>;
  updateToggles(): Promise<void>;
  getVariant(name: string): { name: string; enabled: boolean; payload?: { value: string } };
  isEnabled(name: string): boolean;
  sendMetrics(): Promise<void>;
  on(event: string, listener: (...given: never[]) => void): void;
}

const SCHEMES = ['native-v1', 'unleash', 'growthbook-v2'] as const;

/** unleash-proxy-client, the core of Unleash's SDKs for browsers and React: every scheme is evaluated by the edge. */
export const unleashFrontendSuite: Suite = {
  name: 'unleash-frontend',
  says: 'unleash-proxy-client 3.8.2 (the core of the React SDK) against /api/frontend, every hash scheme',
  async run(report: SuiteReport, context: ConformanceContext): Promise<void> {
    const instance = await context.instance();
    const asked = people(150);
    const tasks = new Map<string, ReadonlyMap<string, Said>>();
    for (const scheme of SCHEMES) {
      const { task } = await schemeWorld(instance, scheme, scheme === 'native-v1' ? 1 : 0.6);
      tasks.set(task, await expectations(instance, task, asked));
    }
    for (const usePOSTrequests of [false, true]) {
      const how = usePOSTrequests ? 'POST' : 'GET';
      const client = await proxyClient(context, instance, { usePOSTrequests });
      try {
        const got = new Map([...tasks.keys()].map((task) => [task, new Map<string, Said>()]));
        for (const { unit, plan } of asked) {
          await client.updateContext({ userId: unit, properties: { plan } });
          for (const [task, answers] of got) answers.set(unit, said(client, task));
        }
        for (const [task, expected] of tasks) {
          await report.check(`${how}: ${task}: one arm per unit`, () => agree(expected, got.get(task)!));
        }
        await report.check(`${how}: follows a kill switch, there and back`, () =>
          followsSwitch(instance, client, [...tasks.keys()][0]!),
        );
      } finally {
        client.stop();
      }
    }
    await report.check('its counts arrive', () => sendsCounts(context, instance, [...tasks.keys()][0]!));
    await report.check('a wrong key is said, and no toggle is on', async () => {
      const wrong = { ...instance, key: `${instance.key.slice(0, -4)}0000` };
      await proxyClient(context, wrong, {}).then(
        () => ok(false, 'it got ready'),
        (error: Error) => ok(/401/.test(error.message), error.message),
      );
    });
  },
};

function said(client: ProxyClient, task: string): Said {
  const { payload } = client.getVariant(task);
  return saidOf(payload ? (JSON.parse(payload.value) as Parameters<typeof saidOf>[0]) : null);
}

async function followsSwitch(
  instance: ConformanceInstance,
  client: ProxyClient,
  task: string,
): Promise<void> {
  await client.updateContext({ userId: 'named-1' });
  same(said(client, task).variant, 'large');
  const settled = (wanted: string | null): Promise<unknown> =>
    until(
      async () => {
        await client.updateToggles();
        return said(client, task).variant;
      },
      (variant) => variant === wanted,
    );
  await switchTask(instance, task, false);
  await settled(null);
  await switchTask(instance, task, true);
  await settled('large');
}

async function sendsCounts(
  context: ConformanceContext,
  instance: ConformanceInstance,
  task: string,
): Promise<void> {
  const labels = `environment="production",task="${task}",variant="large"`;
  const before = await figure(instance, 'contender_edge_sdk_evaluations_total', labels);
  const client = await proxyClient(context, instance, {});
  try {
    await client.updateContext({ userId: 'named-1' });
    for (let time = 0; time < 7; time += 1) client.getVariant(task);
    await client.sendMetrics();
  } finally {
    client.stop();
  }
  same((await figure(instance, 'contender_edge_sdk_evaluations_total', labels)) - before, 7);
}

async function proxyClient(
  { peers }: ConformanceContext,
  { edgeUrl, key }: ConformanceInstance,
  more: object,
): Promise<ProxyClient> {
  const { UnleashClient, InMemoryStorageProvider } = peers.load<{
    UnleashClient: new (options: object) => ProxyClient;
    InMemoryStorageProvider: new () => object;
  }>('unleash-proxy-client');
  const client = new UnleashClient({
    url: `${edgeUrl}/api/frontend`,
    clientKey: key,
    appName: 'conformance',
    refreshInterval: 0,
    disableRefresh: true,
    metricsInterval: 3600,
    storageProvider: new InMemoryStorageProvider(),
    fetch,
    createAbortController: () => new AbortController(),
    ...more,
  });
  const failed = new Promise<never>((_, reject) => {
    client.on('error', ((error: unknown) => reject(new Error(JSON.stringify(error)))) as never);
  });
  failed.catch(() => undefined);
  await Promise.race([client.start(), failed]);
  return client;
}
