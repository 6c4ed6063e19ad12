import type { AssignmentsResponse } from '@app/wire';
import type { BenchResult } from '../measure.js';
import { HttpWorld } from './http-world.js';
import { requestAbout } from './load.js';
import { inRounds, medianOf, ratios, run, type Runner } from './rounds.js';
import { aRuleset, assignmentsQuestion, UNITS } from './workload.js';

const TASKS = 100;
const WITNESSES = 500;
const STRETCH_MS = 10_000;
/** With the database away: more than a minute in all. */
const ROUNDS = 7;
const FIRST_NEWCOMER = 5_000_000;

/**
 * PostgreSQL stopped for more than a minute under load: whether every unit is answered as before, also by an edge that
 * was killed and started meanwhile, what answers notice of it, and whether the exposures made meanwhile arrive.
 */
export async function* outageBenches(): AsyncGenerator<BenchResult> {
  const world = await HttpWorld.open((version) => aRuleset(version, TASKS));
  try {
    yield* outage(world);
  } finally {
    await world.close();
  }
}

async function* outage(world: HttpWorld): AsyncGenerator<BenchResult> {
  const shape = assignmentsQuestion(world.key, 1);
  const runner: Runner = { name: 'there', server: world.edge, shape, unitOf: (n) => (n * 7919) % UNITS };
  await run(runner, STRETCH_MS);
  const full = await run(runner, STRETCH_MS);
  const half = { ...runner, perSecond: full.perSecond / 2 };
  const before = await witnessed(world);

  const there = (await inRounds([half], { rounds: ROUNDS, stretchMs: STRETCH_MS })).get('there')!;
  await world.postgres.stop();
  let newcomers = FIRST_NEWCOMER;
  const away = (await inRounds([{ ...half, name: 'away' }], { rounds: ROUNDS, stretchMs: STRETCH_MS })).get(
    'away',
  )!;
  yield {
    name: 'outage: p99 with PostgreSQL stopped for more than a minute, at half load',
    figure: medianOf(away, (one) => one.p99Ms),
    unit: 'ms',
    ...ratios(away, there, (one) => one.p99Ms),
    against: 'the same before',
    bar: '<= 1',
  };
  yield same('outage: units answered as before', before, await witnessed(world));

  await world.edge.stop('SIGKILL');
  await world.startEdge();
  yield same(
    'outage: units answered as before, by an edge killed and started meanwhile',
    before,
    await witnessed(world),
  );
  await run({ ...runner, server: world.edge, unitOf: () => newcomers++ }, 1000);

  await world.postgres.start();
  await world.connect();
  yield arrived(newcomers - FIRST_NEWCOMER, await exposuresOfNewcomers(world, newcomers - FIRST_NEWCOMER));
}

/** Who serves each witness, in words. */
async function witnessed(world: HttpWorld): Promise<string[]> {
  const shape = assignmentsQuestion(world.key, null, false);
  const answers: string[] = [];
  for (let unit = 0; unit < WITNESSES; unit += 1) {
    const { assignments } = await world.ask<AssignmentsResponse>(requestAbout(shape, unit));
    answers.push(JSON.stringify(assignments.map(({ assignmentId: _, ...rest }) => rest)));
  }
  return answers;
}

function same(name: string, before: readonly string[], now: readonly string[]): BenchResult {
  const kept = now.filter((answer, unit) => answer === before[unit]).length;
  return { name, figure: kept, unit: 'units', ratio: kept / before.length, against: 'before', bar: '= 1' };
}

/** Waits until all are stored, or nothing new has come for a while. */
async function exposuresOfNewcomers(world: HttpWorld, expected: number): Promise<number> {
  let stored = -1;
  for (let quiet = 0; quiet < 20;) {
    const { rows } = await world.database.query<{ count: string }>(
      `SELECT count(DISTINCT unit) AS count FROM events WHERE type = 'exposure' AND unit >= $1`,
      [`user-0${FIRST_NEWCOMER}`],
    );
    const now = Number(rows[0]!.count);
    if (now >= expected) return now;
    quiet = now === stored ? quiet + 1 : 0;
    stored = now;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return stored;
}

function arrived(expected: number, stored: number): BenchResult {
  const name = 'outage: units first met without PostgreSQL whose exposure is stored afterwards';
  return { name, figure: stored, unit: 'units', ratio: stored / expected, against: 'units met', bar: '= 1' };
}
