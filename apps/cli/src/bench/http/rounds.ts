import { median } from '../measure.js';
import type { ChildServer } from './child-server.js';
import { putUnderLoad, type LoadOrder, type LoadResult } from './load.js';

export const ROUNDS = 7;
export const STRETCH_MS = 1500;
/** Compilers need calls, not time: a busy machine gives few in a second. */
const WARM_UP_ANSWERS = 20_000;
const WARM_UP_AT_MOST_MS = 20_000;
const CONNECTIONS = 32;

/** One server and one question, measured in turn with others. */
export interface Runner {
  readonly name: string;
  readonly server: ChildServer;
  readonly shape: LoadOrder['shape'];
  readonly unitOf: LoadOrder['unitOf'];
  readonly perSecond?: number;
  /** What happens meanwhile, for as long as the load lasts. */
  readonly meanwhile?: (durationMs: number) => Promise<void>;
}

export interface Measured extends LoadResult {
  /** Processor time of the server for one answer; null where the system does not tell. */
  readonly cpuUs: number | null;
}

/** Warms everybody, then lets them run in turn: a machine that slows down slows all of them. */
export async function inRounds(
  runners: readonly Runner[],
  { rounds = ROUNDS, stretchMs = STRETCH_MS } = {},
): Promise<ReadonlyMap<string, Measured[]>> {
  for (const runner of runners) await warmUp(runner);
  const results = new Map<string, Measured[]>(runners.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const runner of runners) results.get(runner.name)!.push(await run(runner, stretchMs));
  }
  for (const [name, measured] of results) {
    const failures = measured.reduce((sum, one) => sum + one.failures, 0);
    if (failures > 0) throw new Error(`${name}: ${failures} answers were not 200`);
  }
  return results;
}

async function warmUp({ perSecond: _, meanwhile: _none, ...runner }: Runner): Promise<void> {
  const endMs = performance.now() + WARM_UP_AT_MOST_MS;
  for (let answers = 0; answers < WARM_UP_ANSWERS && performance.now() < endMs;) {
    answers += (await run(runner, STRETCH_MS)).answers;
  }
}

export async function run(runner: Runner, durationMs: number): Promise<Measured> {
  const { server, shape, unitOf, perSecond, meanwhile } = runner;
  const before = server.cpuSeconds();
  const order = { port: server.port, shape, connections: CONNECTIONS, durationMs, perSecond, unitOf };
  const [result] = await Promise.all([putUnderLoad(order), meanwhile?.(durationMs)]);
  const after = server.cpuSeconds();
  const cpuUs = before === null || after === null ? null : ((after - before) / result.answers) * 1e6;
  return { ...result, cpuUs };
}

/** Median, and the least and the largest, of the ratios of rounds that ran next to each other. */
export function ratios(
  ours: readonly Measured[],
  theirs: readonly Measured[],
  of: (one: Measured) => number,
): { ratio: number; spread: readonly [number, number] } {
  const all = ours.map((one, round) => of(one) / of(theirs[round]!));
  return { ratio: median(all), spread: [Math.min(...all), Math.max(...all)] };
}

export const medianOf = (measured: readonly Measured[], of: (one: Measured) => number): number =>
  median(measured.map(of));
