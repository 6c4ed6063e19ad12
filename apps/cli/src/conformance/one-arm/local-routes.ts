import type { Peers } from '../peers.js';
import { armOfServed, type Served } from './arm.js';
import type { ArmRoute } from './remote-routes.js';
import { TASKS } from './rules.js';

interface GrowthbookModule {
  readonly GrowthBookClient: new (options: object) => {
    init(options: object): Promise<{ success: boolean }>;
    evalFeature(key: string, user: { attributes: object }): { value: Served };
    destroy(): void;
  };
}

/** What is needed of an `unleash-client`. */
export interface UnleashVariants {
  getVariant(name: string, context: object): { payload?: { value: string } };
}

/** The real `unleash-client`, evaluating what the edge gave it: tasks of scheme `unleash`, ids in ASCII. */
export function unleashLocal(client: UnleashVariants): ArmRoute {
  const tasks = TASKS['unleash'];
  return {
    name: 'unleash-client in process',
    tasks: () => tasks,
    everyId: false,
    arms: ({ unit, plan }) =>
      Object.fromEntries(
        tasks.map((task) => {
          const { payload } = client.getVariant(task, { userId: unit, properties: { plan } });
          return [task, payload ? armOfServed(JSON.parse(payload.value) as Served) : 'no payload'];
        }),
      ),
  };
}

/** The real `@growthbook/growthbook`, likewise: tasks of scheme `growthbook-v2`, ids in ASCII. */
export async function growthbookLocal(
  peers: Peers,
  { url, key }: { readonly url: string; readonly key: string },
): Promise<{ route: ArmRoute; stop: () => void }> {
  const { GrowthBookClient } = peers.load<GrowthbookModule>('@growthbook/growthbook');
  const client = new GrowthBookClient({ apiHost: url, clientKey: key, enableDevMode: false });
  const { success } = await client.init({ timeout: 10_000 });
  if (!success) throw new Error('@growthbook/growthbook did not get its features');
  const tasks = TASKS['growthbook-v2'];
  const route: ArmRoute = {
    name: '@growthbook/growthbook in process',
    tasks: () => tasks,
    everyId: false,
    arms: ({ unit, plan }) =>
      Object.fromEntries(
        tasks.map((task) => [
          task,
          armOfServed(client.evalFeature(task, { attributes: { id: unit, plan } }).value),
        ]),
      ),
  };
  return { route, stop: () => client.destroy() };
}
