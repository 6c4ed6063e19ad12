import type { Peers } from '../../conformance/peers.js';
import { bareMurmur3 } from './floors.js';
import type { Evaluator } from './evaluator.js';
import { experiments, type WorkExperiment, type WorkUnits } from './workload.js';

const keys = experiments.map((one) => one.key);

interface GrowthbookModule {
  readonly GrowthBookClient: new () => {
    initSync(options: object): { getFeatureValue(key: string, fallback: string, user: object): string };
  };
}

/** GrowthBook's client for servers: one instance, a user per call. Its rules as its own editor writes them. */
export function growthbook(peers: Peers, units: WorkUnits): Evaluator {
  const { GrowthBookClient } = peers.load<GrowthbookModule>('@growthbook/growthbook');
  const feature = ({ key, countries, without, share, arms }: WorkExperiment): object => ({
    defaultValue: '',
    rules: [
      {
        key,
        hashAttribute: 'id',
        hashVersion: 2,
        coverage: share,
        condition: { country: { $in: countries }, plan: { $ne: without } },
        variations: arms.map((arm) => arm.key),
        weights: arms.map((arm) => arm.weight / 1000),
      },
    ],
  });
  const features = Object.fromEntries(experiments.map((one) => [one.key, feature(one)]));
  const client = new GrowthBookClient().initSync({ payload: { features } });
  return {
    name: `@growthbook/growthbook ${peers.versionOf('@growthbook/growthbook')}`,
    run: (calls, from) => {
      let assigned = 0;
      for (let n = 0; n < calls; n += 1) {
        const at = from + n;
        const u = at % units.ids.length;
        const user = { attributes: { id: units.ids[u], country: units.countries[u], plan: units.plans[u] } };
        if (client.getFeatureValue(keys[at % keys.length]!, '', user) !== '') assigned += 1;
      }
      return assigned;
    },
  };
}

interface UnleashModule {
  readonly Unleash: new (options: object) => {
    on(event: string, listener: (...args: unknown[]) => void): void;
    getVariant(name: string, context: object): { enabled: boolean };
    destroy(): void;
  };
  readonly InMemStorageProvider: new () => object;
}

/** unleash-client from a bootstrap, without metrics: one gradual rollout with strategy variants per toggle. */
export async function unleash(peers: Peers, units: WorkUnits): Promise<Evaluator> {
  const { Unleash, InMemStorageProvider } = peers.load<UnleashModule>('unleash-client');
  const toggle = ({ key, countries, without, share, arms }: WorkExperiment): object => ({
    name: key,
    enabled: true,
    strategies: [
      {
        name: 'flexibleRollout',
        parameters: { rollout: String(share * 100), stickiness: 'userId', groupId: key },
        constraints: [
          { contextName: 'country', operator: 'IN', values: countries },
          { contextName: 'plan', operator: 'NOT_IN', values: [without] },
        ],
        variants: arms.map((arm) => ({ name: arm.key, weight: arm.weight, stickiness: 'userId' })),
      },
    ],
    variants: [],
  });
  const client = new Unleash({
    appName: 'bench',
    url: 'http://127.0.0.1:9/api',
    refreshInterval: 0,
    disableMetrics: true,
    skipInstanceCountWarning: true,
    storageProvider: new InMemStorageProvider(),
    bootstrap: { data: experiments.map(toggle) },
  });
  client.on('error', () => undefined);
  await new Promise<void>((resolve) => client.on('ready', () => resolve()));
  return {
    name: `unleash-client ${peers.versionOf('unleash-client')}`,
    run: (calls, from) => {
      let assigned = 0;
      for (let n = 0; n < calls; n += 1) {
        const at = from + n;
        const u = at % units.ids.length;
        const context = {
          userId: units.ids[u],
          properties: { country: units.countries[u], plan: units.plans[u] },
        };
        if (client.getVariant(keys[at % keys.length]!, context).enabled) assigned += 1;
      }
      return assigned;
    },
    close: () => client.destroy(),
  };
}

interface OpenFeatureModule {
  readonly OpenFeature: {
    setProviderAndWait(provider: object): Promise<void>;
    getClient(): { getStringValue(key: string, fallback: string, context: object): Promise<string> };
    close(): Promise<void>;
  };
  readonly InMemoryProvider: new (flags: object) => object;
}

/** OpenFeature's own client over its in-memory provider; the hash in the evaluator of each flag is the floor's. */
export async function openFeature(peers: Peers, units: WorkUnits): Promise<Evaluator> {
  const { OpenFeature, InMemoryProvider } = peers.load<OpenFeatureModule>('@openfeature/server-sdk');
  await OpenFeature.setProviderAndWait(
    new InMemoryProvider(Object.fromEntries(experiments.map((one) => [one.key, inMemoryFlag(one)]))),
  );
  const client = OpenFeature.getClient();
  return {
    name: `OpenFeature in memory ${peers.versionOf('@openfeature/server-sdk')}`,
    run: async (calls, from) => {
      let assigned = 0;
      for (let n = 0; n < calls; n += 1) {
        const at = from + n;
        const u = at % units.ids.length;
        const context = { targetingKey: units.ids[u], country: units.countries[u], plan: units.plans[u] };
        if ((await client.getStringValue(keys[at % keys.length]!, '', context)) !== '') assigned += 1;
      }
      return assigned;
    },
    close: () => OpenFeature.close(),
  };
}

interface WorkContext {
  readonly targetingKey: string;
  readonly country: string;
  readonly plan: string;
}

function inMemoryFlag({ key, countries, without, share, arms }: WorkExperiment): object {
  const [taking, drawing] = [bareMurmur3(`${key}/share`, 0), bareMurmur3(key, 0)];
  const contextEvaluator = ({ targetingKey, country, plan }: WorkContext): string => {
    if (!countries.includes(country) || plan === without) return 'none';
    if (bareMurmur3(targetingKey, taking) >= share * 2 ** 32) return 'none';
    let position = (bareMurmur3(targetingKey, drawing) / 2 ** 32) * 1000;
    return arms.find((arm) => (position -= arm.weight) < 0)!.key;
  };
  return {
    variants: Object.fromEntries([['none', ''], ...arms.map((arm) => [arm.key, arm.key])]),
    defaultVariant: 'none',
    disabled: false,
    contextEvaluator,
  };
}
