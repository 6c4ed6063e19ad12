import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { seedEnvironments } from '@app/governance';
import { SystemClock } from '@app/kernel';
import { HeldRuleset } from '@app/ruleset-deltas';
import { createTestDatabase, type TestDatabase } from '@app/testing';
import { Client } from 'pg';
import { EdgeState } from '../apps/edge/src/snapshot/edge-state.js';
import { SnapshotFollower } from '../apps/edge/src/snapshot/follower.js';
import { ThreadLoader } from '../apps/edge/src/snapshot/loading/thread-loader.js';
import { RulesetTexts } from '../apps/edge/src/snapshot/ruleset-texts.js';
import { publishedOf } from '../apps/edge/src/snapshot/snapshot.js';
import { SnapshotDisk } from '../apps/edge/src/snapshot/snapshot-disk.js';
import { aRuleset, until } from './support/edge-world.js';

const SCRIPT = path.join(__dirname, '../dist/apps/edge/src/snapshot/loading/loader.thread.js');

/** The built thread, killed under an edge's follower on a real database. */
describe('an edge whose thread that reads rulesets ends', () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'contender-loader-'));
  const disk = new SnapshotDisk(dataDir);
  const state = new EdgeState();
  const threads: Worker[] = [];
  const said: Array<{ level: string; message: string }> = [];
  let database: TestDatabase;
  let publisher: Client;
  let loader: ThreadLoader;
  let follower: SnapshotFollower;
  /** What the next threads run. */
  let script = SCRIPT;

  beforeAll(async () => {
    jest.spyOn(console, 'error').mockImplementation((line: string) => void said.push(JSON.parse(line)));
    database = await createTestDatabase();
    publisher = new Client({ connectionString: database.url });
    await publisher.connect();
    await seedEnvironments(
      { query: async (sql, values) => (await publisher.query(sql, values as unknown[])).rows },
      new SystemClock(),
    );
    await publish(1);
    const spawn = (): Worker => {
      const workerData = { dataDir, databaseUrl: database.url };
      threads.push(new Worker(script, { workerData }));
      return threads.at(-1)!;
    };
    loader = new ThreadLoader(spawn, () =>
      state.snapshotsHeld().flatMap((snapshot) => publishedOf(snapshot) ?? []),
    );
    follower = new SnapshotFollower(database.url, state, loader);
    await follower.start(null);
  });

  afterAll(async () => {
    await follower.stop();
    await publisher.end();
    await database.drop();
    rmSync(dataDir, { recursive: true, force: true });
    jest.restoreAllMocks();
  });

  async function publish(
    version: number,
    body = published(version),
    delta: string | null = null,
  ): Promise<void> {
    await publisher.query(
      `INSERT INTO rulesets (environment, version, format, digest, body, cause, published_at, delta)
       VALUES ('production', $1, 1, 'of a test', $2, 'a test', now(), $3)`,
      [version, body, delta],
    );
    await publisher.query(`NOTIFY contender_ruleset, 'production'`);
  }
  const published = (version: number): string =>
    JSON.stringify(aRuleset(version, version > 1 ? { champion: 'new@1' } : {}));
  /** What an SDK is answered that asks for the whole. */
  const text = async (): Promise<string> =>
    new TextDecoder().decode(await new RulesetTexts(loader).of(state.environment('production')!.snapshot));
  const inForce = (version: number): Promise<unknown> =>
    until(
      async () => state.environment('production')?.snapshot.version,
      (held) => held === version,
    );
  const onDisk = (version: number): Promise<unknown> =>
    until(
      async () => disk.read()?.rulesets.map((ruleset) => ruleset.version),
      (versions) => versions?.includes(version) === true,
    );
  const timesSaid = (words: string): number => said.filter(({ message }) => message.includes(words)).length;

  it('has another one, which reads changes as changes and keeps the snapshot on disk', async () => {
    await inForce(1);
    await onDisk(1);
    await threads[0]!.terminate();
    await until(
      async () => threads.length,
      (count) => count === 2,
    );
    await publish(2);
    const { delta } = await loader.read({ environment: 'production', version: 2 }, 1);
    expect(Object.keys(delta.records.tasks!.changed)).toEqual(['reply']);
    expect(delta.records.models!.changed).toEqual({});
    await inForce(2);
    await onDisk(2);
    expect(await text()).toBe(published(2));
    expect(said.map(({ message }) => message)).toEqual([
      'the thread that reads rulesets has ended; another takes its place',
      'rulesets are read in a thread of their own again',
    ]);
  });

  it('says once that threads end, waits longer each time, and takes rulesets without one', async () => {
    said.length = 0;
    const before = threads.length;
    script = path.join(dataDir, 'no such script.js');
    await threads.at(-1)!.terminate();
    await until(
      async () => threads.length,
      (count) => count === before + 4,
    );
    await publish(3);
    await inForce(3);
    expect(await text()).toBe(published(3));
    expect(timesSaid('has ended')).toBe(1);
    script = SCRIPT;
    await until(
      async () => timesSaid('own again'),
      (times) => times === 1,
    );
    await publish(4);
    await inForce(4);
    await onDisk(4);
  });

  it('reads what has changed and never the whole, which could not be read here, also after another thread began', async () => {
    const large = (version: number): HeldRuleset => {
      const ruleset = aRuleset(version, { champion: version % 2 === 0 ? 'new@1' : 'old@1' });
      const model = { ...ruleset.models['old@1']!, name: 'x'.repeat(20_000) };
      const text = JSON.stringify({ ...ruleset, models: { ...ruleset.models, 'large@1': model } });
      return HeldRuleset.parse(text);
    };
    const publishChange = (version: number): Promise<void> =>
      publish(version, ' '.repeat(20_000), large(version - 1).deltaTo(large(version)));
    await publish(5, large(5).text());
    await inForce(5);
    await publishChange(6);
    await inForce(6);
    await onDisk(6);
    expect(await text()).toBe(large(6).text());
    const before = threads.length;
    await threads.at(-1)!.terminate();
    await until(
      async () => threads.length,
      (count) => count > before,
    );
    await publishChange(7);
    await inForce(7);
    await onDisk(7);
    expect(disk.read()!.rulesets[0]!.body).toBe(large(7).text());
    expect(state.environment('production')!.snapshot.etag).toBe(`"7-${large(7).sha256.slice(0, 16)}"`);
  });
});
