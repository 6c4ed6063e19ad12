import { compileRuleset, type Ruleset } from '@app/bucketing';
import { type BenchResult, median } from '../measure.js';
import { HttpWorld } from './http-world.js';
import { inRounds, medianOf, ratios, run, type Runner } from './rounds.js';
import { aRuleset, assignmentsQuestion, taskKey, UNITS } from './workload.js';

const TASKS = 1000;
const EXPERIMENTS_PER_TASK = 5;
const EXPERIMENTS = TASKS * EXPERIMENTS_PER_TASK;
const CHANGE_EVERY_MS = 1000;
const COMPILATIONS = 15;
const STRETCH_MS = 4000;

/** A ruleset of 5,000 experiments: how long it takes to be ready, to be followed, and what answers notice of it. */
export async function* swapBenches(): AsyncGenerator<BenchResult> {
  yield compilation();
  const world = await HttpWorld.open((version) => aRuleset(version, TASKS, EXPERIMENTS_PER_TASK));
  try {
    yield* swapping(world);
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

async function* swapping(world: HttpWorld): AsyncGenerator<BenchResult> {
  const follower = await world.followVersions();
  const followedMs: number[] = [];
  let changes = 0;
  const runner: Runner = {
    name: 'calm',
    server: world.edge,
    shape: assignmentsQuestion(world.key, 1),
    unitOf: (n) => (n * 7919) % UNITS,
  };
  const change = async (): Promise<void> => {
    changes += 1;
    const began = performance.now();
    const version = await world.publishChange(taskKey(changes % TASKS));
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
  follower.close();
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
    name: 'swap: a change is in force at the edge',
    figure: median(followedMs),
    unit: 'ms',
    ratio: null,
    spread: [Math.min(...followedMs), Math.max(...followedMs)],
    against: null,
    bar: '< 1000 ms',
  };
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
