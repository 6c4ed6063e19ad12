import {
  type Attributes,
  compileRuleset,
  type CompiledRuleset,
  decide,
  growthbookFeature,
  servedValue,
  unleashFeature,
} from '@app/bucketing';
import { SeededRng } from '@app/kernel';
import type { ConformanceContext } from '../../context.js';
import type { Suite } from '../../suite.js';
import type { SuiteReport } from '../../suite-report.js';
import { RandomRules } from './random-rules.js';

const TASKS = 400;
const UNITS = 250;
const SEED = 20_260_301;

/** What an SDK that evaluates a payload of ours on its own hands to its caller. */
type LocalSdk = (task: string, unit: string | null, attributes: Attributes) => unknown;

export const payloadsSuite: Suite = {
  name: 'payloads',
  says: 'unleash-client and @growthbook/growthbook evaluate payloads of random rules as libs/bucketing does, unit by unit',
  async run(report, context) {
    await context.peers.install(context.say);
    await compare(report, 'unleash', (compiled) => unleashSdk(compiled, context));
    await compare(report, 'growthbook-v2', (compiled) => growthbookSdk(compiled, context));
  },
};

async function compare(
  report: SuiteReport,
  scheme: 'unleash' | 'growthbook-v2',
  start: (compiled: CompiledRuleset) => Promise<{ evaluate: LocalSdk; stop: () => void }>,
): Promise<void> {
  const rules = new RandomRules(new SeededRng(SEED), scheme);
  const compiled = compileRuleset(rules.ruleset(TASKS));
  const { evaluate, stop } = await start(compiled);
  const sources: Record<string, number> = {};
  for (const task of compiled.tasks.keys()) {
    await report.check(`${scheme}: ${UNITS} units of ${task}`, () => {
      for (let n = 0; n < UNITS; n += 1) {
        const unit = n === 0 ? null : rules.unit();
        const attributes = rules.attributes();
        const decision = decide(compiled, task, unit, attributes);
        sources[decision.source] = (sources[decision.source] ?? 0) + 1;
        const [ours, theirs] = [servedValue(decision), evaluate(task, unit, attributes)].map((value) =>
          JSON.stringify(value),
        );
        if (ours === theirs) continue;
        throw new Error(
          `unit ${unit} with ${JSON.stringify(attributes)}: we say ${ours}, the SDK says ${theirs}; ${JSON.stringify(compiled.ruleset.tasks[task])}`,
        );
      }
    });
  }
  stop();
  report.note(
    `${scheme}: ${TASKS} random tasks, ${compiled.problems.length} rules it cannot express left out; answers by source: ${JSON.stringify(sources)}`,
  );
}

interface UnleashModule {
  readonly Unleash: new (options: object) => {
    on(event: string, listener: (...args: unknown[]) => void): void;
    getVariant(name: string, context: object): { enabled: boolean; payload?: { value: string } };
    destroy(): void;
  };
  readonly InMemStorageProvider: new () => object;
}

async function unleashSdk(
  compiled: CompiledRuleset,
  { peers }: ConformanceContext,
): Promise<{ evaluate: LocalSdk; stop: () => void }> {
  const { Unleash, InMemStorageProvider } = peers.load<UnleashModule>('unleash-client');
  const data = json([...compiled.tasks.keys()].map((task) => unleashFeature(compiled, task)));
  const client = new Unleash({
    appName: 'payloads',
    // Nobody answers there and nobody is asked: the bootstrap is all it evaluates.
    url: 'http://127.0.0.1:9/api',
    refreshInterval: 0,
    disableMetrics: true,
    skipInstanceCountWarning: true,
    storageProvider: new InMemStorageProvider(),
    bootstrap: { data },
  });
  client.on('error', () => undefined);
  await new Promise<void>((resolve) => client.on('ready', () => resolve()));
  const evaluate: LocalSdk = (task, unit, properties) => {
    const variant = client.getVariant(task, { ...(unit === null ? {} : { userId: unit }), properties });
    return variant.enabled ? JSON.parse(variant.payload!.value) : null;
  };
  return { evaluate, stop: () => client.destroy() };
}

interface GrowthbookModule {
  readonly GrowthBookClient: new () => {
    initSync(options: object): { evalFeature(key: string, user: object): { value: unknown } };
  };
}

async function growthbookSdk(
  compiled: CompiledRuleset,
  { peers }: ConformanceContext,
): Promise<{ evaluate: LocalSdk; stop: () => void }> {
  const { GrowthBookClient } = peers.load<GrowthbookModule>('@growthbook/growthbook');
  const keys = [...compiled.tasks.keys()];
  const features = json(Object.fromEntries(keys.map((key) => [key, growthbookFeature(compiled, key)])));
  const client = new GrowthBookClient().initSync({ payload: { features } });
  const evaluate: LocalSdk = (task, unit, attributes) =>
    client.evalFeature(task, { attributes: { ...attributes, ...(unit === null ? {} : { id: unit }) } }).value;
  return { evaluate, stop: () => undefined };
}

/** As it arrives over the wire. */
const json = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
