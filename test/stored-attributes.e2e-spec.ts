import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Ruleset } from '@app/bucketing';
import type { AssignmentsResponse, EventsResponse } from '@app/wire';
import { aRuleset, EdgeWorld, until } from './support/edge-world.js';

const EMAIL = 'ada@example.com';

/** The experiment takes only units whose e-mail address says so. */
function forOneDomain(version: number): Ruleset {
  const ruleset = aRuleset(version);
  const task = ruleset.tasks.reply!;
  const audience = { attribute: 'email', operator: 'ends-with', value: '@example.com' } as const;
  const experiments = task.experiments.map((experiment) => ({ ...experiment, audience }));
  return { ...ruleset, tasks: { reply: { ...task, experiments } } };
}

describe('an edge that may write down the plan of a unit and nothing else', () => {
  let world: EdgeWorld;
  const logged: string[] = [];

  beforeAll(async () => {
    for (const stream of [process.stdout, process.stderr]) {
      jest.spyOn(stream, 'write').mockImplementation((text) => {
        logged.push(String(text));
        return true;
      });
    }
    for (const level of ['log', 'warn', 'error'] as const) {
      jest
        .spyOn(console, level)
        .mockImplementation((...words: unknown[]) => void logged.push(words.join(' ')));
    }
    world = await EdgeWorld.create(forOneDomain);
    await world.edge.close();
    await world.start({ CONTENDER_STORED_ATTRIBUTES: 'plan' });
  }, 60_000);
  afterAll(async () => {
    jest.restoreAllMocks();
    await world.destroy();
  });

  const attributes = { email: EMAIL, plan: 'pro', phones: ['+49 30 123456'] };
  const event = (id: string, more: object) => ({ id, unit: id, at: new Date().toISOString(), ...more });
  const outcome = (id: string, more: object = {}) =>
    event(id, { type: 'outcome', task: 'reply', metric: 'quality', value: 1, attributes, ...more });
  const exposure = (id: string) =>
    event(id, { type: 'exposure', experiment: 'tone', variant: 'a', attributes });
  const ask = async (unit: string, said: object): Promise<AssignmentsResponse> => {
    const asked = { unit, tasks: ['reply'], attributes: said };
    return (await (await world.send('/api/v1/assignments', asked)).json()) as AssignmentsResponse;
  };
  const sendEvents = async (events: unknown[]): Promise<EventsResponse> =>
    (await (await world.send('/api/v1/events', { events })).json()) as EventsResponse;
  const attributesOf = async (unit: string): Promise<unknown[]> => {
    const { rows } = await world.pool.query<{ attributes: unknown }>(
      'SELECT attributes FROM events WHERE unit = $1',
      [unit],
    );
    return rows.map((row) => row.attributes);
  };
  const everythingStored = async (): Promise<string> => {
    const { rows } = await world.pool.query<{ text: string }>(
      `SELECT row_to_json(e)::text AS text FROM events e
       UNION ALL SELECT row_to_json(k)::text FROM event_keys k
       UNION ALL SELECT row_to_json(r)::text FROM refused_events r`,
    );
    return rows.map(({ text }) => text).join('\n');
  };

  it('decides by what it does not write down', async () => {
    expect((await ask('ada', attributes)).assignments[0]!.reason).toBe('SPLIT');
    expect((await ask('bob', { ...attributes, email: 'bob@elsewhere.org' })).assignments[0]!.reason).toBe(
      'DEFAULT',
    );
    const kept = await until(
      () => attributesOf('ada'),
      (rows) => rows.length > 0,
    );
    expect(kept).toEqual([{ plan: 'pro' }]);
  });

  it('keeps of events what is listed, and null where nothing of it is said', async () => {
    const events = [outcome('o-1'), exposure('x-1'), outcome('o-2', { attributes: { email: EMAIL } })];
    expect(await sendEvents(events)).toEqual({ accepted: 3, duplicates: 0, rejected: [] });
    expect([await attributesOf('o-1'), await attributesOf('x-1'), await attributesOf('o-2')]).toEqual([
      [{ plan: 'pro' }],
      [{ plan: 'pro' }],
      [null],
    ]);
    expect(await sendEvents(events)).toEqual({ accepted: 0, duplicates: 3, rejected: [] });
  });

  it('refuses too much of it clearly, listed or not, and takes the rest of the batch', async () => {
    const long = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`a${n}`, 'x'.repeat(1000)]));
    const events = [
      outcome('l-1', { attributes: long }),
      outcome('l-2', { attributes: { plan: 'x'.repeat(1025) } }),
      outcome('l-3', { attributes: { nested: { email: EMAIL } } }),
      outcome('l-4'),
    ];
    expect(await sendEvents(events)).toEqual({
      accepted: 1,
      duplicates: 0,
      rejected: [
        expect.objectContaining({ index: 0, code: 'ATTRIBUTES_TOO_LARGE' }),
        expect.objectContaining({ index: 1, code: 'ATTRIBUTES_INVALID' }),
        expect.objectContaining({ index: 2, code: 'ATTRIBUTES_INVALID' }),
      ],
    });
    // An exposure of its own answers counts whatever was said with it.
    expect((await ask('wordy', { ...long, ...attributes })).assignments[0]!.reason).toBe('SPLIT');
    const kept = await until(
      () => attributesOf('wordy'),
      (rows) => rows.length > 0,
    );
    expect(kept).toEqual([{ plan: 'pro' }]);
  });

  it('writes nothing else to the spool either, and nothing anywhere in the end', async () => {
    world.proxy.cut();
    expect(await sendEvents([outcome('s-1'), exposure('s-2')])).toMatchObject({ spooled: 2 });
    await ask('spooled', attributes);
    const folder = path.join(world.dataDir, 'edge', 'spool');
    const onDisk = await until(
      async () =>
        readdirSync(folder)
          .filter((name) => name.endsWith('.spool'))
          .map((name) => readFileSync(path.join(folder, name), 'utf8'))
          .join(),
      (text) => text.includes('"spooled"'),
    );
    expect(onDisk).toContain('{"plan":"pro"}');
    expect(onDisk).not.toMatch(/example\.com|123456/);

    world.proxy.mend();
    await until(
      () => attributesOf('spooled'),
      (rows) => rows.length > 0,
    );
    expect([await attributesOf('s-1'), await attributesOf('s-2'), await attributesOf('spooled')]).toEqual([
      [{ plan: 'pro' }],
      [{ plan: 'pro' }],
      [{ plan: 'pro' }],
    ]);
    expect(await everythingStored()).not.toMatch(/example\.com|123456/);
    expect(logged.join('\n')).toContain('the database is away');
    expect(logged.join('\n')).not.toMatch(/example\.com|123456/);
  });
});
