import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Peers } from '../../conformance/peers.js';
import { projectRoot } from '../../start/project-root.js';
import { type BenchResult, median } from '../measure.js';
import { compileBenches } from './compile.bench.js';
import type { Evaluator } from './evaluator.js';
import { leastEvaluator, murmurFloor } from './floors.js';
import { ourDecide, ourSdk } from './ours.js';
import { growthbook, openFeature, unleash } from './peers.js';
import { EXPECTED_SHARE, UNITS, units as makeUnits } from './workload.js';

const ROUNDS = 15;
const STRETCH_NS = 60_000_000;
const WARM_UP_NS = 500_000_000;
/** Share of a stretch that is run before it without being timed. */
const LEAD_IN = 0.1;

/** In-process assignment: our SDK, the peers and the floors answer the same calls in turn. */
export async function* evalBenches(): AsyncGenerator<BenchResult> {
  const peers = new Peers(path.join(projectRoot(), 'bench', 'eval'));
  await peers.install((line) => console.error(line));
  const units = makeUnits();
  const sdk = ourSdk(units);
  const least = leastEvaluator(units);
  const others = [growthbook(peers, units), await unleash(peers, units), await openFeature(peers, units)];
  const all = [sdk, ourDecide(units), least, murmurFloor(units), ...others];
  // Whoever assigns nobody is fast: the same share of a million calls must end in an arm.
  for (const one of [sdk, all[1]!, ...others]) await requireShare(one);
  const times = await inRounds(all);
  const ours = times.get(sdk)!;
  const fastest = [...others].sort((a, b) => median(times.get(a)!) - median(times.get(b)!))[0]!;
  for (const one of all) {
    const bar = one === fastest ? 'ratio <= 0.125 (8 times faster)' : one === least ? 'ratio <= 2.5' : null;
    if (one === sdk) continue;
    yield result(
      `eval: ${sdk.name} against ${one.name} (${round(median(times.get(one)!))} ns)`,
      ours,
      times.get(one)!,
      one.name,
      bar,
    );
  }
  yield await heapGrowth(sdk);
  for (const one of all) await one.close?.();
  yield* compileBenches();
}

async function requireShare(evaluator: Evaluator): Promise<void> {
  const calls = 100_000;
  const share = (await evaluator.run(calls, 0)) / calls;
  if (Math.abs(share - EXPECTED_SHARE) > 0.01) {
    throw new Error(`${evaluator.name} gives ${share} of all units an arm, not ${EXPECTED_SHARE}`);
  }
}

/**
 * Nanoseconds of processor time of a call, per round; everybody has a stretch in every round, and another place in it each
 * time. What others have left on the heap and in caches is nobody's work here: it is collected, and a lead-in is run,
 * before time is taken.
 */
async function inRounds(all: readonly Evaluator[]): Promise<ReadonlyMap<Evaluator, number[]>> {
  const collect = collector();
  const calls = new Map<Evaluator, number>();
  for (const one of all) calls.set(one, Math.max(1000, Math.round(STRETCH_NS / (await warm(one)))));
  const times = new Map<Evaluator, number[]>(all.map((one) => [one, []]));
  for (let n = 0; n < ROUNDS; n += 1) {
    for (let place = 0; place < all.length; place += 1) {
      const one = all[(place + n) % all.length]!;
      collect();
      await one.run(Math.ceil(calls.get(one)! * LEAD_IN), n * 7919);
      times.get(one)!.push(await timed(one, calls.get(one)!, n * 104_729));
    }
  }
  return times;
}

async function warm(evaluator: Evaluator): Promise<number> {
  let last = 0;
  for (let spent = 0, from = 0; spent < WARM_UP_NS; from += 20_000) {
    last = await timed(evaluator, 20_000, from);
    spent += last * 20_000;
  }
  return last;
}

/** Processor time, collecting garbage included: nobody here waits for anything, and a busy machine's other work is not ours. */
async function timed(evaluator: Evaluator, calls: number, from: number): Promise<number> {
  const began = process.cpuUsage();
  await evaluator.run(calls, from);
  const { user, system } = process.cpuUsage(began);
  return ((user + system) * 1000) / calls;
}

function result(
  name: string,
  ours: readonly number[],
  theirs: readonly number[],
  against: string,
  bar: string | null,
): BenchResult {
  const ratio = median(ours.map((time, n) => time / theirs[n]!));
  return { name, figure: round(median(ours)), unit: 'ns', ratio: Number(ratio.toPrecision(3)), against, bar };
}

/** Bytes that stay on the heap per call, over three million calls after a million. */
async function heapGrowth(evaluator: Evaluator): Promise<BenchResult> {
  const collect = collector();
  const heapAfter = async (calls: number): Promise<number> => {
    await evaluator.run(calls, 0);
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = await heapAfter(UNITS);
  const after = await heapAfter(3 * UNITS);
  return {
    name: `eval: heap that stays, of ${evaluator.name}`,
    figure: Number(((after - before) / (3 * UNITS)).toPrecision(3)),
    unit: 'bytes/call',
    ratio: null,
    against: null,
    bar: 'flat: < 0.1',
  };
}

function collector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}

const round = (value: number): number => Number(value.toPrecision(3));
