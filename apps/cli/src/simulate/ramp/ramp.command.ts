import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { migrate } from '@app/database';
import { Guard, startThrowAwayPostgres } from '@app/embedded-postgres';
import {
  checkLife,
  coverPoints,
  IN_MEMORY,
  liveOnce,
  type LivesReport,
  mergeReports,
  receiptBody,
} from '@app/rollouts';
import { liveInMemory } from './in-memory.js';
import { PostgresLives } from './postgres-lives.js';

const USAGE = `usage: npm run simulate -- ramp [--lives 100000] [--postgres 1000] [--seed S] [--threads N] [--json]
       npm run simulate -- ramp --life N [--seed S]      one life in memory, told receipt by receipt`;
/** Of so many lives one has every receipt decided again from its inputs. */
const THOROUGH_EVERY = 20;
const POSTGRES_CHUNK = 50;
const ENOUGH_TO_COVER = 50_000;

interface Order {
  readonly lives: number;
  readonly postgres: number;
  readonly seed: number;
  readonly threads: number;
  readonly life: number | null;
  readonly json: boolean;
}

/**
 * `simulate ramp`: whole rollouts in virtual time, one seeded fault each, in memory and on PostgreSQL.
 *
 * @returns 0 when nothing broke what must hold and every point met was struck, 1 when not, 2 when called wrongly
 */
export async function runRamp(argv: string[]): Promise<number> {
  const order = readOrder(argv);
  if (typeof order === 'string') {
    console.error(`${order}\n${USAGE}`);
    return 2;
  }
  if (order.life !== null) return tell(order.seed, order.life);
  const say = (line: string): void => console.error(line);
  const started = performance.now();
  const memory = mergeReports(
    await liveInMemory({ ...order, thoroughEvery: THOROUGH_EVERY }, (done, broken) => {
      if (done % 5_000 === 0) say(`${done} of ${order.lives} lives in memory, ${broken} broke something`);
    }),
  );
  const postgres = await onPostgres(order, say);
  const seconds = (performance.now() - started) / 1000;
  const parts: Part[] = [
    // By chance it takes many lives to meet every point; where strikes are sent, as many as there are points.
    { where: 'in memory', report: memory, enough: ENOUGH_TO_COVER },
    { where: 'on PostgreSQL', report: postgres, enough: postgres.seen.length },
  ];
  const ok = parts.every((part) => part.report.brokenLives === 0 && uncovered(part).length === 0);
  if (order.json) console.log(JSON.stringify({ ok, seed: order.seed, seconds, memory, postgres }));
  else {
    for (const line of parts.flatMap(linesOf)) console.log(line);
    console.log(`seed ${order.seed}, ${seconds.toFixed(0)} s: ${ok ? 'pass' : 'FAIL'}`);
  }
  return ok ? 0 : 1;
}

function readOrder(argv: string[]): Order | string {
  try {
    const { values } = parseArgs({
      args: argv,
      options: {
        lives: { type: 'string', default: '100000' },
        postgres: { type: 'string', default: '1000' },
        seed: { type: 'string', default: '20260101' },
        threads: { type: 'string', default: String(availableParallelism()) },
        life: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    });
    const whole = (name: string, text: string, least: number): number => {
      if (!/^\d{1,12}$/.test(text) || Number(text) < least)
        throw new Error(`--${name} takes a whole number from ${least}, not "${text}".`);
      return Number(text);
    };
    return {
      lives: whole('lives', values.lives, 0),
      postgres: whole('postgres', values.postgres, 0),
      seed: whole('seed', values.seed, 0),
      threads: whole('threads', values.threads, 1),
      life: values.life === undefined ? null : whole('life', values.life, 0),
      json: values.json,
    };
  } catch (error) {
    return (error as Error).message;
  }
}

async function onPostgres(
  { postgres: lives, seed }: Order,
  say: (line: string) => void,
): Promise<LivesReport> {
  if (lives === 0) return mergeReports([]);
  const guard = new Guard();
  const server = await startThrowAwayPostgres(guard);
  try {
    await migrate({ url: server.url });
    const world = await PostgresLives.open(server.url);
    try {
      return await coverPoints(world, { seed, lives, thoroughEvery: THOROUGH_EVERY }, (done) => {
        if (done % POSTGRES_CHUNK === 0) say(`${done} of ${lives} lives on PostgreSQL`);
      });
    } finally {
      await world.close();
    }
  } finally {
    await server.stop();
    guard.close();
  }
}

/** Lives somewhere, and how many of them are enough to strike every point. */
interface Part {
  readonly where: string;
  readonly report: LivesReport;
  readonly enough: number;
}

function linesOf(part: Part): string[] {
  const { where, report, enough } = part;
  if (report.lives === 0) return [`${where}: not asked for`];
  const counts = (of: Record<string, number>): string =>
    Object.entries(of)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ');
  return [
    `${where}: ${report.lives} rollouts, ${report.receipts} receipts; ended ${counts(report.ends)}`,
    `  faults: ${counts(report.faults)}; struck ${report.struck}${report.again > 0 ? ` (${report.again} lived again for it)` : ''}`,
    `  points of transactions: ${report.struckAt.length} of ${report.seen.length} struck` +
      (report.lives < enough ? ` (not judged: it takes ${enough} lives)` : ''),
    ...uncovered(part).map((point) => `    no strike fell on: ${point}`),
    `  broke what must hold: ${report.brokenLives}`,
    ...report.broken.map(({ life, fault, what }) => `  life ${life}, ${fault}: ${what.join('; ')}`),
  ];
}

/** Points that lives came to and no strike fell on, where there were lives enough. */
function uncovered({ report: { lives, seen, struckAt }, enough }: Part): string[] {
  const struck = new Set(struckAt);
  return lives < enough ? [] : seen.filter((point) => !struck.has(point));
}

/** One life again, in words. */
async function tell(seed: number, number: number): Promise<number> {
  const { lived } = await liveOnce(IN_MEMORY, { seed, number });
  console.log(JSON.stringify(lived.life, null, 2));
  if (lived.struckAt) console.log(`struck at: ${lived.struckAt}`);
  for (const receipt of lived.log.receipts) {
    const { at, step, decidedBy, share, reasons } = receiptBody(receipt);
    const why = reasons.map(({ message }) => message).join(' ');
    console.log(`${receipt.number} ${at} ${step} by ${decidedBy}, ${share.before} → ${share.after}: ${why}`);
  }
  const wrong = checkLife(lived, { thorough: true });
  for (const what of wrong) console.log(`BROKEN: ${what}`);
  return wrong.length === 0 ? 0 : 1;
}
