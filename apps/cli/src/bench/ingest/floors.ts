import { createHash } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { Client } from 'pg';
import { UNITS, unitName } from './batches.js';

/** The same events as rows. */
interface Row {
  readonly id: string;
  readonly digest: Buffer;
  readonly unit: string;
}

const AT = new Date();
const BATCH = 1000;

/** What every way into the tables has to write, with nothing around it. */
const INSERT = `
WITH keys AS (
  INSERT INTO event_keys (environment, id, digest, at)
  SELECT 'production', id, decode(digest, 'hex'), at
  FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS row (id, digest, at)
  ON CONFLICT DO NOTHING)
INSERT INTO events (environment, received_at, id, at, type, task, unit_type, unit, metric, value, evaluator)
SELECT 'production', $4::timestamptz, *
FROM unnest($1::text[], $3::timestamptz[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::float8[],
  $11::text[])
ON CONFLICT DO NOTHING`;

function rowsOf(series: string, from: number, count: number): Row[] {
  return Array.from({ length: count }, (_, index) => {
    const id = `${series}-${String(((from + index) * 7_368_787) % 10_000_000_019).padStart(10, '0')}`;
    const digest = createHash('sha256').update(id).digest().subarray(0, 16);
    return { id, digest, unit: unitName(((from + index) * 7919) % UNITS) };
  });
}

/** `INSERT … SELECT unnest … ON CONFLICT DO NOTHING`, a thousand rows each. @returns rows a second */
export async function bareInserts(
  clients: readonly Client[],
  series: string,
  batches: number,
): Promise<number> {
  const at = AT.toISOString();
  const prepared = Array.from({ length: batches }, (_, batch) => {
    const rows = rowsOf(series, batch * BATCH, BATCH);
    const all = <T>(value: (row: Row) => T): T[] => rows.map(value);
    return [
      all(({ id }) => id),
      all(({ digest }) => digest.toString('hex')),
      all(() => at),
      at,
      all(() => 'outcome'),
      all(() => 'reply'),
      all(() => 'user'),
      all(({ unit }) => unit),
      all(() => 'quality'),
      all(() => 0.75),
      all(() => 'judge'),
    ];
  });
  return timed(clients, prepared, (client, values) => client.query(INSERT, values));
}

/** `COPY … (FORMAT binary)` into both tables, which cannot skip what is there already. @returns rows a second */
export async function binaryCopies(
  clients: readonly Client[],
  series: string,
  batches: number,
): Promise<number> {
  const prepared = Array.from({ length: batches }, (_, batch) => {
    const rows = rowsOf(series, batch * BATCH, BATCH);
    const at = instant(AT);
    const production = Buffer.from('production');
    const text = (value: string): Buffer => Buffer.from(value);
    const value = Buffer.alloc(8);
    value.writeDoubleBE(0.75);
    const fixed = ['outcome', 'reply', 'user', 'quality', 'judge'].map(text);
    const [type, task, unitType, metric, evaluator] = fixed as [Buffer, Buffer, Buffer, Buffer, Buffer];
    return [
      copyOf(rows.map(({ id, digest }) => [production, text(id), digest, at])),
      copyOf(
        rows.map(({ id, unit }) => [
          production,
          at,
          text(id),
          at,
          type,
          task,
          unitType,
          text(unit),
          metric,
          value,
          evaluator,
        ]),
      ),
    ] as const;
  });
  return timed(clients, prepared, async (client, [keys, events]) => {
    await client.query('BEGIN');
    await copy(client, 'COPY event_keys (environment, id, digest, at) FROM STDIN (FORMAT binary)', keys);
    await copy(
      client,
      'COPY events (environment, received_at, id, at, type, task, unit_type, unit, metric, value, evaluator) FROM STDIN (FORMAT binary)',
      events,
    );
    await client.query('COMMIT');
  });
}

async function timed<T>(
  clients: readonly Client[],
  work: readonly T[],
  run: (client: Client, one: T) => Promise<unknown>,
): Promise<number> {
  let next = 0;
  const began = performance.now();
  await Promise.all(
    clients.map(async (client) => {
      for (let one = work[next++]; one !== undefined; one = work[next++]) await run(client, one);
    }),
  );
  return ((work.length * BATCH) / (performance.now() - began)) * 1000;
}

function instant(at: Date): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(at.getTime() - Date.UTC(2000, 0, 1)) * 1000n);
  return bytes;
}

function copyOf(rows: readonly Buffer[][]): Buffer {
  const parts: Buffer[] = [Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')];
  for (const fields of rows) {
    const head = Buffer.alloc(2);
    head.writeInt16BE(fields.length);
    parts.push(head);
    for (const field of fields) {
      const length = Buffer.alloc(4);
      length.writeInt32BE(field.length);
      parts.push(length, field);
    }
  }
  parts.push(Buffer.from([0xff, 0xff]));
  return Buffer.concat(parts);
}

/** What the driver calls while a query of ours is under way; COPY has no place in its own interface. */
interface CopyConnection {
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

function copy(client: Client, text: string, data: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    let failure: Error | null = null;
    const submittable = {
      submit: (connection: CopyConnection) => connection.query(text),
      handleCopyInResponse: (connection: CopyConnection) => {
        connection.sendCopyFromChunk(data);
        connection.endCopyFrom();
      },
      handleCommandComplete: () => undefined,
      handleError: (error: Error) => {
        failure = error;
        reject(error);
      },
      handleReadyForQuery: () => {
        if (!failure) resolve();
      },
    };
    client.query(submittable as unknown as Parameters<Client['query']>[0]);
  });
}
