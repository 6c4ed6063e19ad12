import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { ApiClient } from '../apps/cli/src/client/api-client.js';
import { ImportCursor } from '../apps/cli/src/import/cursor.js';
import { type ImportOptions, type ImportReport, ImportRun } from '../apps/cli/src/import/import-run.js';
import { digestOfFile } from '../apps/cli/src/import/read-lines.js';
import { EdgeWorld } from './support/edge-world.js';

/** An address where nobody listens. */
async function nobody(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

/** Files through a real edge into a real database, ended at any moment and run again. */
describe('an import', () => {
  let world: EdgeWorld;
  let folder: string;
  const now = Date.now();
  const at = (minutes: number): string => new Date(now - minutes * 60_000).toISOString();

  beforeAll(async () => {
    world = await EdgeWorld.create();
  });
  afterAll(() => world.destroy());
  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'contender-import-'));
    await world.pool.query('TRUNCATE events, event_keys, pending_units');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (name: string, content: string | Buffer): string => {
    const file = path.join(folder, name);
    writeFileSync(file, content);
    return file;
  };
  async function importOf(file: string, over: Partial<ImportOptions> = {}): Promise<ImportReport> {
    return new ImportRun({
      file,
      digest: await digestOfFile(file),
      experiment: 'tone',
      edge: new ApiClient(world.url, world.key),
      cursor: new ImportCursor(path.join(folder, 'cursors', 'one.json')),
      dryRun: false,
      keepGoing: false,
      say: () => undefined,
      ...over,
    }).run();
  }
  const stored = async (): Promise<number> =>
    (await world.pool.query<{ n: number }>('SELECT count(*)::int AS n FROM events')).rows[0]!.n;

  /** An edge that is asked `times` times, and then this process ends: before or after the answer. */
  function endedAfter(times: number, when: 'before' | 'after'): ImportOptions['edge'] {
    const edge = new ApiClient(world.url, world.key);
    let sent = 0;
    return {
      post: async <T>(address: string, body?: unknown): Promise<T> => {
        if (address === '/api/v1/events') sent += 1;
        if (sent > times && when === 'before') throw new Error('ended');
        const answer = await edge.post<T>(address, body);
        if (sent > times) throw new Error('ended');
        return answer;
      },
    };
  }

  const manyLines = (count: number): string =>
    `unit,at,metric,value\n${Array.from({ length: count }, (_, index) => `u-${index},${at(60)},quality,${index}\n`).join('')}`;

  it('takes exposures with their arms and attributes, and outcomes of one experiment, once', async () => {
    const units = write('units.csv', `unit,at,variant,tier\nada,${at(90)},a,gold\nbob,${at(80)},b,free\n`);
    const outcomes = write(
      'outcomes.ndjson.gz',
      gzipSync(
        `{"type":"outcome","unit":"ada","at":"${at(70)}","metric":"quality","value":0.5}\n\n` +
          `{"id":"mine","type":"outcome","unit":"bob","at":"${at(60)}","metric":"quality","value":0.7}\n`,
      ),
    );
    expect(await importOf(units)).toMatchObject({
      exposures: 2,
      outcomes: 0,
      accepted: 2,
      duplicates: 0,
      sent: true,
    });
    expect(await importOf(outcomes)).toMatchObject({ exposures: 0, outcomes: 2, accepted: 2 });
    const other = new ImportCursor(path.join(folder, 'elsewhere.json'));
    expect(await importOf(outcomes, { cursor: other })).toMatchObject({ accepted: 0, duplicates: 2 });
    const { rows } = await world.pool.query(
      `SELECT unit, type, variant, attributes, value, task, subject_id IS NOT NULL AS of_one FROM events ORDER BY unit, type`,
    );
    const about = { task: 'reply', of_one: true };
    expect(rows).toEqual([
      { unit: 'ada', type: 'exposure', variant: 'a', attributes: { tier: 'gold' }, value: null, ...about },
      { unit: 'ada', type: 'outcome', variant: null, attributes: null, value: 0.5, ...about },
      { unit: 'bob', type: 'exposure', variant: 'b', attributes: { tier: 'free' }, value: null, ...about },
      { unit: 'bob', type: 'outcome', variant: null, attributes: null, value: 0.7, ...about },
    ]);
  });

  it('judges every line by the edge’s own rules and sends none when one is bad', async () => {
    const file = write(
      'events.csv',
      `type,unit,at,metric,value,variant\n` +
        `outcome,ada,${at(70)},quality,0.5,\n` +
        `outcome,"ada, the first",yesterday,quality,0.5,\n` +
        `outcome,ada,${at(70)},quality,abc,\n` +
        `exposure,ada,${at(90)},,,nowhere\n` +
        `outcome,ada,${at(70)}\n` +
        `outcome,ada,${at(600 * 24 * 60)},quality,1,\n`,
    );
    const report = await importOf(file);
    expect(report.refused.map(({ line, code }) => [line, code])).toEqual([
      [3, 'EVENT_AT_INVALID'],
      [4, 'VALUE_INVALID'],
      [5, 'VARIANT_UNKNOWN'],
      [6, 'IMPORT_ROW_NOT_VALID'],
      [7, 'EVENT_TOO_OLD'],
    ]);
    expect(report).toMatchObject({ refusedLines: 5, accepted: 0, sent: false });
    expect(await stored()).toBe(0);
    expect(readdirSync(folder)).toEqual(['events.csv']);
    expect(await importOf(file, { keepGoing: true })).toMatchObject({
      refusedLines: 5,
      accepted: 1,
      sent: true,
    });
    expect(await stored()).toBe(1);
  });

  it('names lines that are no JSON, and files that cannot be imported at all', async () => {
    const file = write('events.jsonl', `not json\n[]\n`);
    expect((await importOf(file)).refused).toEqual([
      { line: 1, code: 'EVENT_INVALID', message: 'the line is not JSON' },
      { line: 2, code: 'EVENT_INVALID', message: 'the line is not an object' },
    ]);
    const missing = path.join(folder, 'missing.csv');
    await expect(digestOfFile(missing)).rejects.toMatchObject({ code: 'IMPORT_FILE_UNREADABLE' });
    await expect(digestOfFile(write('no.csv.gz', 'not packed'))).rejects.toMatchObject({
      code: 'IMPORT_FILE_UNREADABLE',
    });
    await expect(importOf(write('events.xlsx', ''))).rejects.toMatchObject({ code: 'IMPORT_FORMAT_UNKNOWN' });
    await expect(importOf(write('o.csv', 'unit,at,metric,valeu\n'))).rejects.toMatchObject({
      code: 'IMPORT_COLUMN_UNKNOWN',
    });
  });

  it('stores nothing on a dry run', async () => {
    expect(await importOf(write('o.csv', manyLines(10)), { dryRun: true })).toMatchObject({
      events: 10,
      refusedLines: 0,
      accepted: 0,
      sent: false,
    });
    expect(await stored()).toBe(0);
  });

  it.each(['before', 'after'] as const)(
    'that was ended %s an answer goes on where it was, and counts nothing twice',
    async (when) => {
      const file = write('o.csv', manyLines(7_001));
      await expect(importOf(file, { edge: endedAfter(2, when) })).rejects.toThrow('ended');
      expect(await stored()).toBe(when === 'before' ? 4_000 : 6_000);
      const report = await importOf(file);
      expect(report).toMatchObject({ resumedAfter: 4_001, events: 7_001, refusedLines: 0 });
      expect(report.accepted + report.duplicates).toBe(7_001);
      expect(report.duplicates).toBe(when === 'before' ? 0 : 2_000);
      expect(await stored()).toBe(7_001);
      expect(await importOf(file)).toMatchObject({ resumedAfter: 7_002, accepted: report.accepted });
      expect(await stored()).toBe(7_001);
    },
  );

  it('begins anew where the edge does not know what was sent before', async () => {
    const file = write('o.csv', manyLines(4_001));
    await importOf(file);
    await world.pool.query('TRUNCATE events, event_keys');
    const report = await importOf(file);
    expect(report.resumedAfter).toBeNull();
    expect(report.accepted + report.duplicates).toBe(4_001);
    expect(await stored()).toBe(4_001);
  });

  it('waits while the edge is away, and gives up saying so', async () => {
    const file = write('o.csv', manyLines(3));
    const edge = new ApiClient(await nobody(), world.key);
    await expect(importOf(file, { edge, patienceMs: 1 })).rejects.toThrow('fetch failed');
    let away = 2;
    const late: ImportOptions['edge'] = {
      post: <T>(address: string, body?: unknown): Promise<T> => {
        away -= 1;
        return (away >= 0 ? edge : new ApiClient(world.url, world.key)).post<T>(address, body);
      },
    };
    expect(await importOf(file, { edge: late })).toMatchObject({ accepted: 3 });
  });

  it('goes to the spool while the database is away, and is counted when it is back', async () => {
    const file = write('o.csv', manyLines(5));
    world.proxy.cut();
    const report = await importOf(file);
    expect(report).toMatchObject({ accepted: 0, spooled: 5, sent: true });
    world.proxy.mend();
    for (let tries = 0; (await stored()) < 5 && tries < 400; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 25));
    expect(await stored()).toBe(5);
  });
});
