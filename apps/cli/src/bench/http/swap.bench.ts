import { compileRuleset, type Ruleset } from '@app/bucketing';
import { type BenchResult, median } from '../measure.js';
import { HttpWorld } from './http-world.js';
import { inRounds, medianOf, ratios, ROUNDS, run, type Runner } from './rounds.js';
import type { VersionFollower } from './version-follower.js';
import { aRuleset, assignmentsQuestion, taskKey, UNITS } from './workload.js';

const TASKS = 1000;
const EXPERIMENTS_PER_TASK = 5;
const EXPERIMENTS = TASKS * EXPERIMENTS_PER_TASK;
const CHANGE_EVERY_MS = 1000;
const COMPILATIONS = 15;
const STRETCH_MS = 4000;
/** One a second, and what starting the next one late may leave over. */
const CHANGES = (ROUNDS * STRETCH_MS) / CHANGE_EVERY_MS + ROUNDS;
const PUBLICATIONS = 9;

/** A ruleset of 5,000 experiments: how long it takes to be ready, to be followed, and what answers notice of it. */
export async function* swapBenches(): AsyncGenerator<BenchResult> {
  yield compilation();
  const changes = Array.from({ length: CHANGES }, (_, change) => taskKey(change));
  const world = await HttpWorld.open((version) => aRuleset(version, TASKS, EXPERIMENTS_PER_TASK), changes);
  try {
    const follower = await world.followVersions();
    yield* swapping(world, follower);
    yield await publishing(world, follower);
    follower.close();
  } finally {
    await world.close();
  }
}

function compilation(): BenchResult {
  const text = JSON.stringify(aRuleset(1, TASKS, EXPERIMENTS_PER_TASK));
  const times = Array.from({ length: COMPILATIONS }, () => {
    const began = performance.now();
    const ruleset = JSON.parse(text) as Ruleset;
    const parsed = performance.now();
    compileRuleset(ruleset);
    return { parse: parsed - began, compile: performance.now() - parsed };
  });
  const against = times.map(({ parse, compile }) => compile / parse);
  return {
    name: `swap: compile ${EXPERIMENTS} experiments`,
    figure: median(times.map(({ compile }) => compile)),
    unit: 'ms',
    ratio: median(against),
    spread: [Math.min(...against), Math.max(...against)],
    against: 'JSON.parse of the same ruleset',
    bar: '< 200 ms',
  };
}

/** From the change of a row to the first answer by it: read, compared, written, followed. */
async function publishing(world: HttpWorld, follower: VersionFollower): Promise<BenchResult> {
  const times: number[] = [];
  for (let change = 0; change < PUBLICATIONS; change += 1) {
    const began = performance.now();
    await follower.reached(await world.publishChange(taskKey(TASKS - 1 - change)));
    times.push(performance.now() - began);
  }
  return {
    name: 'swap: a change is published and in force at the edge',
    figure: median(times),
    unit: 'ms',
    ratio: null,
    spread: [Math.min(...times), Math.max(...times)],
    against: null,
    bar: '< 1000 ms',
  };
}

async function* swapping(world: HttpWorld, follower: VersionFollower): AsyncGenerator<BenchResult> {
  const followedMs: number[] = [];
  const runner: Runner = {
    name: 'calm',
    server: world.edge,
    shape: assignmentsQuestion(world.key, 1),
    unitOf: (n) => (n * 7919) % UNITS,
  };
  const change = async (): Promise<void> => {
    const began = performance.now();
    const version = await world.releaseChange();
    await follower.reached(version);
    followedMs.push(performance.now() - began);
  };
  const meanwhile = async (durationMs: number): Promise<void> => {
    const endMs = performance.now() + durationMs;
    for (let atMs = performance.now(); atMs < endMs; atMs += CHANGE_EVERY_MS) {
      await change();
      await sleep(atMs + CHANGE_EVERY_MS - performance.now());
    }
  };
  await run(runner, STRETCH_MS);
  const full = await run(runner, STRETCH_MS);
  const half = { ...runner, perSecond: full.perSecond / 2 };
  const measured = await inRounds([half, { ...half, name: 'swapping', meanwhile }], {
    stretchMs: STRETCH_MS,
  });
  const [calm, swapped] = [measured.get('calm')!, measured.get('swapping')!];
  yield {
    name: `swap: p99 while one of ${EXPERIMENTS} experiments changes every second, at half load`,
    figure: medianOf(swapped, (one) => one.p99Ms),
    unit: 'ms',
    ...ratios(swapped, calm, (one) => one.p99Ms),
    against: 'the same while nothing changes',
    bar: '<= 2',
  };
  yield {
    name: 'swap: a published change is in force at the edge',
    figure: median(followedMs),
    unit: 'ms',
    ratio: null,
    spread: [Math.min(...followedMs), Math.max(...followedMs)],
    against: null,
    bar: '< 1000 ms',
  };
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
