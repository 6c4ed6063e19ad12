import { deepStrictEqual as same, ok } from 'node:assert/strict';
import { agree, expectations, people, type Person, type Said } from '../agreement.js';
import type { ConformanceContext, ConformanceInstance } from '../context.js';
import type { Suite } from '../suite.js';
import type { SuiteReport } from '../suite-report.js';
import { until } from '../until.js';
import { BARE_TASK, schemeWorld, switchTask } from '../world.js';

interface Details {
  readonly value: string;
  readonly variant?: string;
  readonly reason?: string;
  readonly errorCode?: string;
  readonly flagMetadata: Readonly<Record<string, unknown>>;
}

interface ServerSdk {
  OpenFeature: {
    setProviderAndWait(domain: string, provider: object): Promise<void>;
    getClient(domain: string): {
      getStringDetails(key: string, fallback: string, context: object): Promise<Details>;
    };
    clearProviders(): Promise<void>;
  };
}

interface WebSdk {
  OpenFeature: {
    setContext(domain: string, context: object): Promise<void>;
    setProviderAndWait(domain: string, provider: object): Promise<void>;
    getClient(domain: string): {
      getStringDetails(key: string, fallback: string): Details;
      addHandler(event: string, handler: () => void): void;
    };
    clearProviders(): Promise<void>;
  };
}

type Provider = new (options: object) => object;

const SCHEMES = ['native-v1', 'unleash', 'growthbook-v2'] as const;

/** OpenFeature's own OFREP providers, for servers and for browsers, under OpenFeature's own SDKs. */
export const ofrepProvidersSuite: Suite = {
  name: 'ofrep-providers',
  says: '@openfeature/ofrep-provider 0.1.3 and @openfeature/ofrep-web-provider 0.4.3 under OpenFeature’s SDKs',
  async run(report: SuiteReport, context: ConformanceContext): Promise<void> {
    const instance = await context.instance();
    const asked = people(200);
    const tasks = new Map<string, ReadonlyMap<string, Said>>();
    for (const scheme of SCHEMES) {
      const { task } = await schemeWorld(instance, scheme, scheme === 'native-v1' ? 1 : 0.6);
      tasks.set(task, await expectations(instance, task, asked));
    }
    await server(report, context, instance, tasks, asked);
    await web(report, context, instance, tasks, asked);
  },
};

type Tasks = ReadonlyMap<string, ReadonlyMap<string, Said>>;

async function server(
  report: SuiteReport,
  { peers }: ConformanceContext,
  { edgeUrl, key }: ConformanceInstance,
  tasks: Tasks,
  asked: readonly Person[],
): Promise<void> {
  const { OpenFeature } = peers.load<ServerSdk>('@openfeature/server-sdk');
  const { OFREPProvider } = peers.load<{ OFREPProvider: Provider }>('@openfeature/ofrep-provider');
  const use = async (
    domain: string,
    headers: object,
  ): Promise<ReturnType<ServerSdk['OpenFeature']['getClient']>> => {
    await OpenFeature.setProviderAndWait(domain, new OFREPProvider({ baseUrl: edgeUrl, ...headers }));
    return OpenFeature.getClient(domain);
  };
  const bearer = await use('bearer', { headers: [['Authorization', `Bearer ${key}`]] });
  for (const [task, expected] of tasks) {
    await report.check(`server: ${task}: one arm per unit`, async () => {
      const got = new Map<string, Said>();
      for (const { unit, plan } of asked) {
        got.set(unit, saidOf(await bearer.getStringDetails(task, 'none', { targetingKey: unit, plan })));
      }
      agree(expected, got);
    });
  }
  const [task] = [...tasks.keys()] as [string];
  await report.check('server: X-API-Key is taken as well', async () => {
    const client = await use('api-key', { headers: [['X-API-Key', key]] });
    const details = await client.getStringDetails(task, 'none', { targetingKey: 'named-1' });
    same([details.value, details.variant, details.reason], ['large@1', 'large', 'TARGETING_MATCH']);
  });
  await report.check('server: a wrong key gives the caller’s default', async () => {
    const client = await use('wrong', { headers: [['X-API-Key', 'ck_made_up']] });
    const details = await client.getStringDetails(task, 'mine', { targetingKey: 'named-1' });
    same([details.value, details.reason, details.errorCode], ['mine', 'ERROR', 'GENERAL']);
  });
  await report.check('server: error codes come through', async () => {
    const unknown = await bearer.getStringDetails('not-a-task', 'mine', { targetingKey: 'u' });
    same([unknown.value, unknown.errorCode], ['mine', 'FLAG_NOT_FOUND']);
    const anonymous = await bearer.getStringDetails(task, 'mine', {});
    same([anonymous.value, anonymous.errorCode], ['mine', 'TARGETING_KEY_MISSING']);
  });
  await report.check('server: metadata says what the value cannot', async () => {
    const { flagMetadata } = await bearer.getStringDetails(task, 'none', {
      targetingKey: asked[1]!.unit,
      plan: 'pro',
    });
    ok(/^a\d\./.test(String(flagMetadata.assignmentId)), 'it has an assignmentId');
    same([flagMetadata.contenderReason, flagMetadata.propensity], ['SPLIT', 0.5]);
  });
  await report.check('server: a task without a champion gives the caller’s default', async () => {
    const details = await bearer.getStringDetails(BARE_TASK, 'mine', { targetingKey: 'u' });
    same(details.value, 'mine');
  });
  await OpenFeature.clearProviders();
}

async function web(
  report: SuiteReport,
  { peers }: ConformanceContext,
  instance: ConformanceInstance,
  tasks: Tasks,
  asked: readonly Person[],
): Promise<void> {
  const { OpenFeature } = peers.load<WebSdk>('@openfeature/web-sdk');
  const { OFREPWebProvider } = peers.load<{ OFREPWebProvider: Provider }>('@openfeature/ofrep-web-provider');
  // The provider looks for a browser's EventSource.
  const global = globalThis as { EventSource?: unknown };
  global.EventSource = peers.load<{ EventSource: unknown }>('eventsource').EventSource;
  const domain = 'browser';
  const context = ({ unit, plan }: Person): object => ({ targetingKey: unit, plan });
  await OpenFeature.setContext(domain, context(asked[0]!));
  await OpenFeature.setProviderAndWait(
    domain,
    new OFREPWebProvider({
      baseUrl: instance.edgeUrl,
      headers: [['Authorization', `Bearer ${instance.key}`]],
      cacheMode: 'disabled',
    }),
  );
  const client = OpenFeature.getClient(domain);
  try {
    const got = new Map([...tasks.keys()].map((task) => [task, new Map<string, Said>()]));
    for (const person of asked) {
      await OpenFeature.setContext(domain, context(person));
      for (const [task, answers] of got)
        answers.set(person.unit, saidOf(client.getStringDetails(task, 'none')));
    }
    for (const [task, expected] of tasks) {
      await report.check(`browser: ${task}: one arm per unit, whichever context comes next`, () =>
        agree(expected, got.get(task)!),
      );
    }
    await report.check('browser: hears of a kill switch on the stream, there and back', async () => {
      const [task] = [...tasks.keys()] as [string];
      await OpenFeature.setContext(domain, { targetingKey: 'named-1' });
      same(client.getStringDetails(task, 'none').variant, 'large');
      await switchTask(instance, task, false);
      await until(
        () => client.getStringDetails(task, 'none').reason,
        (reason) => reason === 'DISABLED',
      );
      await switchTask(instance, task, true);
      await until(
        () => client.getStringDetails(task, 'none').variant,
        (variant) => variant === 'large',
      );
    });
  } finally {
    await OpenFeature.clearProviders();
    delete global.EventSource;
  }
}

const saidOf = ({ value, variant }: Details): Said => ({ variant: variant ?? null, model: value });
