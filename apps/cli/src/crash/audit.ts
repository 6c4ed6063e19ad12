import { isDeepStrictEqual } from 'node:util';
import { MeasuredWorld } from '@app/metrics';
import type { Ledger } from './sender.js';

/** Something that is not as it was promised. */
export type Finding = string;

/**
 * Holds what the senders know against what the database says: every acknowledged event once, statistics that are the
 * sums of what was sent, and the same to the last bit when they are counted anew from the events.
 *
 * Workers must rest meanwhile.
 */
export async function audit(databaseUrl: string, ledger: Ledger): Promise<Finding[]> {
  const world = await MeasuredWorld.open(databaseUrl);
  // A lost connection fails the query that needs it; an idle one must not end the process.
  world.pool.on('error', () => undefined);
  try {
    return [
      ...(await auditEvents(world, ledger)),
      ...(await auditStatistics(world, ledger)),
      ...(await auditRecount(world)),
    ];
  } finally {
    await world.close();
  }
}

async function auditEvents({ pool }: MeasuredWorld, ledger: Ledger): Promise<Finding[]> {
  const { rows } = await pool.query<{ id: string; copies: number }>(
    'SELECT id, count(*)::integer AS copies FROM events GROUP BY id',
  );
  const copies = new Map(rows.map((row) => [row.id, row.copies]));
  const lost = [...ledger.ids].filter((id) => !copies.has(id));
  const doubled = [...copies].filter(([, times]) => times > 1).map(([id]) => id);
  const keys = await pool.query<{ count: number }>('SELECT count(*)::integer AS count FROM event_keys');
  const refused = await pool.query<{ id: string }>('SELECT id FROM refused_events');
  return [
    ...(lost.length > 0 ? [`${lost.length} acknowledged events are lost, ${lost[0]} among them`] : []),
    ...(doubled.length > 0 ? [`${doubled.length} events are stored twice, ${doubled[0]} among them`] : []),
    ...(keys.rows[0]!.count === copies.size ? [] : [`${keys.rows[0]!.count} keys for ${copies.size} events`]),
    ...refused.rows.map(({ id }) => `the event ${id} was refused while it was drained`),
  ];
}

async function auditStatistics({ pool }: MeasuredWorld, ledger: Ledger): Promise<Finding[]> {
  const { rows } = await pool.query<{ key: string; n: number; sum: number }>(
    `SELECT metrics.key, sum(n)::integer AS n, sum(n * mean) AS sum
     FROM metric_statistics JOIN metrics ON metrics.id = metric_id WHERE dimension = '' GROUP BY metrics.key`,
  );
  const found: Finding[] = [];
  for (const [metric, { units, sum }] of Object.entries(ledger.totals)) {
    const row = rows.find(({ key }) => key === metric);
    if (row?.n !== units.size)
      found.push(`${metric} counts ${row?.n} units, ${units.size} were acknowledged`);
    // Means of buckets, multiplied back: not equal to the last bit, and far closer than one event.
    if (Math.abs((row?.sum ?? NaN) - sum) > 1e-6 || row === undefined) {
      found.push(`${metric} adds up to ${row?.sum}, ${sum} was acknowledged`);
    }
  }
  const crossing = await pool.query<{ unit: string }>(
    'SELECT unit FROM unit_exposures GROUP BY subject_id, unit HAVING count(*) > 1',
  );
  return [...found, ...crossing.rows.map(({ unit }) => `the unit ${unit} is exposed more than once`)];
}

async function auditRecount(world: MeasuredWorld): Promise<Finding[]> {
  const counted = [await world.unitRows(), await world.statistics()];
  await world.recountFromNothing(new Date());
  const anew = [await world.unitRows(), await world.statistics()];
  return isDeepStrictEqual(counted, anew) ? [] : ['the statistics differ from a recount of the events'];
}
