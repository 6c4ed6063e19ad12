import { createTestDatabase, type TestDatabase } from '@app/testing';
import { Client } from 'pg';
import {
  type BinaryArray,
  ByteaArray,
  DoubleArray,
  InstantArray,
  IntegerArray,
  JsonbArray,
  SmallintArray,
  TextArray,
  UuidArray,
} from './binary-array.js';

describe('an array in binary', () => {
  let database: TestDatabase;
  let client: Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    client = new Client({ connectionString: database.url });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  const sent = async <Value>(
    array: BinaryArray<Value>,
    type: string,
    values: ReadonlyArray<Value | null>,
  ): Promise<unknown[]> => {
    for (const value of values) array.push(value);
    const { rows } = await client.query<{ text: string | null }>(
      `SELECT value::text AS text FROM unnest($1::${type}[]) WITH ORDINALITY AS row (value, place) ORDER BY place`,
      [array.finish()],
    );
    return rows.map(({ text }) => text);
  };
  const long = '\u{1F600}é"\\{},\n'.repeat(5000);

  it.each<[string, () => BinaryArray<never>, ReadonlyArray<unknown>, ReadonlyArray<string | null>]>([
    ['text', () => new TextArray(), ['', 'NULL', null, long, 'a'], ['', 'NULL', null, long, 'a']],
    ['jsonb', () => new JsonbArray(), ['{"a": [1]}', null], ['{"a": [1]}', null]],
    ['bytea', () => new ByteaArray(), ['\x00\xff\x80', ''], ['\\x00ff80', '\\x']],
    [
      'double precision',
      () => new DoubleArray(),
      [0.1, -1e30, 5e-324, null],
      ['0.1', '-1e+30', '5e-324', null],
    ],
    ['integer', () => new IntegerArray(), [0, -1, 2 ** 31 - 1], ['0', '-1', '2147483647']],
    ['smallint', () => new SmallintArray(), [15, -3], ['15', '-3']],
    [
      'uuid',
      () => new UuidArray(),
      ['0190A0C0-7b3e-7c2a-9d51-2f6f1f0c9b1a', null],
      ['0190a0c0-7b3e-7c2a-9d51-2f6f1f0c9b1a', null],
    ],
    [
      'timestamptz',
      () => new InstantArray(),
      [0, 946_684_800_000, 946_684_799_999, 1_767_225_600_123, 4_102_444_800_001, -62_000_000_000_001],
      [0, 946_684_800_000, 946_684_799_999, 1_767_225_600_123, 4_102_444_800_001, -62_000_000_000_001].map(
        String,
      ),
    ],
  ])('of %s says what was put into it', async (type, open, values, expected) => {
    const array = open() as BinaryArray<unknown>;
    if (type !== 'timestamptz') {
      expect(await sent(array, type, values)).toEqual(expected);
      return;
    }
    for (const value of values) array.push(value);
    const { rows } = await client.query<{ ms: string }>(
      `SELECT (extract(epoch FROM value) * 1000)::bigint::text AS ms FROM unnest($1::timestamptz[]) AS row (value)`,
      [array.finish()],
    );
    expect(rows.map(({ ms }) => ms)).toEqual(expected);
  });

  it('may be empty of values, and holds many', async () => {
    expect(await sent(new TextArray(), 'text', [null, null])).toEqual([null, null]);
    const many = Array.from({ length: 5000 }, (_, n) => `value ${n}`);
    expect(await sent(new TextArray(), 'text', many)).toEqual(many);
  });
});
