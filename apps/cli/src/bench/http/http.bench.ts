import type { BenchResult } from '../measure.js';
import { HttpWorld } from './http-world.js';
import { inRounds, type Measured, medianOf, ratios, type Runner } from './rounds.js';
import { startUnleash } from './unleash.js';
import { aRuleset, assignmentsQuestion, ofrepQuestion, UNITS } from './workload.js';
import { requestAbout, type RequestShape } from './load.js';

const TASKS = 100;
const perSecond = (one: Measured): number => one.perSecond;
const p99Ms = (one: Measured): number => one.p99Ms;
const cpuUs = (one: Measured): number => one.cpuUs ?? NaN;

/** Units come back; which comes next looks like chance. */
const returning = (n: number): number => (n * 7919) % UNITS;

/** Assignment over HTTP: the real edge on a real database, against a bare node:http server in the same rounds. */
export async function* httpBenches(): AsyncGenerator<BenchResult> {
  const world = await HttpWorld.open((version) => aRuleset(version, TASKS));
  try {
    yield* assignments(world, 'one task', assignmentsQuestion(world.key, 1));
    yield* assignments(world, 'bulk of 20 tasks', assignmentsQuestion(world.key, 20));
    yield* ofrep(world);
    yield* newcomers(world);
    yield* againstUnleash(world);
  } finally {
    await world.close();
  }
}

async function* assignments(
  world: HttpWorld,
  what: string,
  shape: RequestShape,
): AsyncGenerator<BenchResult> {
  await world.teachFloor(samples(shape));
  const runner = (name: 'edge' | 'floor', rate?: number): Runner => ({
    name,
    server: world[name],
    shape,
    unitOf: returning,
    perSecond: rate,
  });
  const full = await inRounds([runner('floor'), runner('edge')]);
  yield result(`http: ${what}, requests`, full, perSecond, 'requests/s', '>= 0.75');
  yield result(`http: ${what}, processor time of the server`, full, cpuUs, 'us/request', null);
  const half = medianOf(full.get('floor')!, perSecond) / 2;
  const calm = await inRounds([runner('floor', half), runner('edge', half)]);
  yield result(`http: ${what}, p99 at half of the floor's load`, calm, p99Ms, 'ms', '<= 2');
}

/** OFREP asks the same of the same edge. */
async function* ofrep(world: HttpWorld): AsyncGenerator<BenchResult> {
  const runner = (name: string, shape: RequestShape): Runner => ({
    name,
    server: world.edge,
    shape,
    unitOf: returning,
  });
  for (const [what, ours, theirs] of [
    ['one task', assignmentsQuestion(world.key, 1), ofrepQuestion(world.key, 0)],
    [`bulk of ${TASKS} tasks`, assignmentsQuestion(world.key, null), ofrepQuestion(world.key, null)],
  ] as const) {
    const both = await inRounds([runner('floor', ours), runner('edge', theirs)]);
    const measured = result(`http: OFREP, ${what}, requests`, both, perSecond, 'requests/s', '>= 0.85');
    yield { ...measured, against: 'POST /api/v1/assignments' };
  }
}

/** The worst of all days: nobody comes back, so every answer is an exposure to store. */
async function* newcomers(world: HttpWorld): AsyncGenerator<BenchResult> {
  const shape = assignmentsQuestion(world.key, 1);
  await world.teachFloor(samples(shape));
  let next = 1_000_000;
  const newcomer = (): number => next++;
  const full = await inRounds([
    { name: 'floor', server: world.floor, shape, unitOf: newcomer },
    { name: 'edge', server: world.edge, shape, unitOf: newcomer },
  ]);
  yield result('http: one task, every unit new, requests', full, perSecond, 'requests/s', null);
}

/** A peer that decides the same number of flags for a unit in one answer. */
async function* againstUnleash(world: HttpWorld): AsyncGenerator<BenchResult> {
  const unleash = await startUnleash(world, TASKS);
  try {
    const measured = await inRounds([
      { name: 'floor', server: unleash.server, shape: unleash.question, unitOf: returning },
      { name: 'edge', server: world.edge, shape: assignmentsQuestion(world.key, null), unitOf: returning },
    ]);
    const name = `http: bulk of ${TASKS} tasks, evaluations`;
    const evaluations = (one: Measured): number => one.perSecond * TASKS;
    const figures = result(name, measured, evaluations, 'evaluations/s', '>= 8');
    yield { ...figures, against: `unleash-server ${unleash.version} /api/frontend of as many flags` };
  } finally {
    await unleash.server.stop();
  }
}

function result(
  name: string,
  measured: ReadonlyMap<string, Measured[]>,
  of: (one: Measured) => number,
  unit: string,
  bar: string | null,
): BenchResult {
  const edge = measured.get('edge')!;
  const { ratio, spread } = ratios(edge, measured.get('floor')!, of);
  return { name, figure: medianOf(edge, of), unit, ratio, spread, against: 'bare node:http', bar };
}

const samples = (shape: RequestShape): Buffer[] =>
  Array.from({ length: 16 }, (_, unit) => requestAbout(shape, unit));
