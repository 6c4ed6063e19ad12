import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { EventsResponse, WireProblem } from '@app/wire';
import { EdgeWorld, until } from './support/edge-world.js';

/** What becomes of events between an edge and a database that is slow, away, or leaves its answer open. */
describe('taking events in', () => {
  let world: EdgeWorld;

  beforeAll(async () => {
    // That the database is away is said, and meant here.
    jest.spyOn(console, 'error').mockReturnValue();
    jest.spyOn(console, 'warn').mockReturnValue();
    world = await EdgeWorld.create();
  }, 60_000);
  afterAll(() => world.destroy());
  afterEach(() => world.proxy.mend());

  // One moment for all: a batch that is sent again says the same.
  const at = new Date().toISOString();
  const outcomes = (name: string, count: number, more: object = {}) =>
    Array.from({ length: count }, (_, n) => ({
      id: `${name}-${n}`,
      type: 'outcome',
      task: 'reply',
      unit: `${name}-${n % 50}`,
      at,
      metric: 'quality',
      value: n % 2,
      ...more,
    }));
  const send = (events: unknown[]): Promise<Response> => world.send('/api/v1/events', { events });
  const sendEvents = async (events: unknown[]): Promise<EventsResponse> =>
    (await (await send(events)).json()) as EventsResponse;
  const problem = async (answer: Response): Promise<[number, string | null, string]> => [
    answer.status,
    answer.headers.get('retry-after'),
    ((await answer.json()) as WireProblem).code,
  ];
  const figure = async (name: string): Promise<number> => {
    const figures = await (await fetch(`${world.url}/metrics`)).text();
    return Number(
      figures
        .split('\n')
        .find((line) => line.startsWith(`${name} `))
        ?.slice(name.length) ?? 0,
    );
  };
  const drained = (result: string) => figure(`contender_edge_spool_drained_total{result="${result}"}`);
  const rows = async (sql: string, values: unknown[]) => (await world.pool.query(sql, values)).rows;
  /** Rows, ids and keys of events whose ids begin so. */
  const stored = async (
    name: string,
  ): Promise<{ rows: number; ids: number; keys: number; refused: number }> =>
    (
      await rows(
        `SELECT count(*)::int AS rows, count(DISTINCT id)::int AS ids,
           (SELECT count(*)::int FROM event_keys WHERE id LIKE $1) AS keys,
           (SELECT count(*)::int FROM refused_events WHERE id LIKE $1) AS refused
         FROM events WHERE id LIKE $1`,
        [`${name}-%`],
      )
    )[0];
  const once = (events: number) => ({ rows: events, ids: events, keys: events, refused: 0 });
  const spoolIsEmpty = () =>
    until(
      () => figure('contender_edge_spool_bytes'),
      (bytes) => bytes === 0,
    );
  const onDisk = (): string => {
    const folder = path.join(world.dataDir, 'edge', 'spool');
    const files = readdirSync(folder).filter((name) => name.endsWith('.spool'));
    return files.map((name) => readFileSync(path.join(folder, name), 'utf8')).join();
  };

  it('takes 5,000 events as packed lines, tells of each, and counts them once', async () => {
    const events = outcomes('lines', 5000);
    const lines = [...events.slice(0, 4998), { ...events[4998], at: 'noon' }].map((one) =>
      JSON.stringify(one),
    );
    const body = gzipSync([...lines, '{"id": "torn'].join('\n'));
    const headers = { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' };
    const answers: EventsResponse[] = [];
    for (let time = 0; time < 2; time += 1) {
      const answer = await world.send('/api/v1/events', body, headers);
      expect(answer.status).toBe(200);
      answers.push((await answer.json()) as EventsResponse);
    }
    expect(answers.map(({ accepted, duplicates }) => [accepted, duplicates])).toEqual([
      [4998, 0],
      [0, 4998],
    ]);
    expect(answers[1]!.rejected.map(({ index, code }) => [index, code])).toEqual([
      [4998, 'EVENT_AT_INVALID'],
      [4999, 'EVENT_INVALID'],
    ]);
    expect(await stored('lines')).toEqual(once(4998));
    const tooMany = await world.send('/api/v1/events', gzipSync(`${lines.join('\n')}\n{}\n{}`), headers);
    expect([tooMany.status, ((await tooMany.json()) as WireProblem).code]).toEqual([413, 'BATCH_TOO_LARGE']);
  });

  it('spools a batch whose commit is unknown under its ids, says so, and counts it once', async () => {
    const before = await drained('duplicate');
    world.proxy.muteAfter('unknown-');
    const unknown = sendEvents(outcomes('unknown', 20));
    await until(
      () => stored('unknown'),
      (found) => found.rows === 20,
    );
    world.proxy.cut();
    expect(await unknown).toEqual({ accepted: 0, duplicates: 0, rejected: [], spooled: 20 });
    expect(onDisk()).toContain('"unknown-19"');

    // Nobody waits for the database meanwhile: neither what is sent again nor what is new.
    expect(await sendEvents(outcomes('unknown', 20))).toMatchObject({ spooled: 20 });
    expect(await sendEvents([...outcomes('new', 5), { id: 'x' }])).toMatchObject({
      accepted: 0,
      spooled: 5,
      rejected: [expect.objectContaining({ index: 5 })],
    });

    world.proxy.mend();
    await spoolIsEmpty();
    expect(await stored('unknown')).toEqual(once(20));
    expect(await stored('new')).toEqual(once(5));
    expect((await drained('duplicate')) - before).toBe(40);
    const back = await until(
      () => sendEvents(outcomes('unknown', 20)),
      ({ spooled }) => spooled === undefined,
    );
    expect(back).toEqual({ accepted: 0, duplicates: 20, rejected: [] });
  });

  it('keeps what it spooled when it is restarted before the database is back', async () => {
    world.proxy.cut();
    expect(await sendEvents(outcomes('over', 30))).toMatchObject({ spooled: 30 });
    await world.edge.close();
    await world.start();
    expect(await sendEvents(outcomes('over', 30))).toMatchObject({ spooled: 30 });
    world.proxy.mend();
    await spoolIsEmpty();
    expect(await stored('over')).toEqual(once(30));
  });

  it('answers 503 when the spool is full, acknowledges nothing of that, and takes it later', async () => {
    await world.edge.close();
    world.proxy.cut();
    await world.start({ CONTENDER_SPOOL_MAX_BYTES: 4000 });
    expect(await sendEvents(outcomes('small', 5))).toMatchObject({ spooled: 5 });
    expect(await problem(await send(outcomes('large', 50)))).toEqual([503, '1', 'SPOOL_FULL']);
    expect(onDisk()).not.toContain('large-');
    world.proxy.mend();
    await spoolIsEmpty();
    expect([await stored('small'), await stored('large')]).toEqual([once(5), once(0)]);
    const later = await until(
      () => sendEvents(outcomes('large', 50)),
      ({ spooled }) => spooled === undefined,
    );
    expect(later).toEqual({ accepted: 50, duplicates: 0, rejected: [] });
    await world.edge.close();
    await world.start();
  });

  it('answers 429 before memory grows, acknowledges nothing of that, and takes it later', async () => {
    await world.edge.close();
    await world.start({ CONTENDER_INTAKE_MAX_BYTES: 300_000 });
    const comment = 'x'.repeat(9000);
    world.proxy.muteAfter('first-');
    const first = sendEvents(outcomes('first', 20, { comment }));
    await until(
      () => stored('first'),
      (found) => found.rows === 20,
    );
    const second = outcomes('second', 20, { comment });
    expect(await problem(await send(second))).toEqual([429, '1', 'INTAKE_BUSY']);
    // Small ones still fit.
    const small = sendEvents(outcomes('little', 2));

    world.proxy.cut();
    expect([await first, await small]).toMatchObject([{ spooled: 20 }, { spooled: 2 }]);
    world.proxy.mend();
    await spoolIsEmpty();
    expect([await stored('first'), await stored('second'), await stored('little')]).toEqual([
      once(20),
      once(0),
      once(2),
    ]);
    const later = await until(
      () => sendEvents(second),
      ({ spooled }) => spooled === undefined,
    );
    expect(later).toEqual({ accepted: 20, duplicates: 0, rejected: [] });
  });
});
