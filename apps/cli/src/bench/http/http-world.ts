import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Ruleset } from '@app/bucketing';
import { EmbeddedPostgres, Guard, temporaryDataDir } from '@app/embedded-postgres';
import { formatApiKey, hashSecret, newApiKeyText } from '@app/governance';
import { Client } from 'pg';
import { prepareDatabase } from '../../migrate/prepare-database.js';
import { builtScripts } from '../../start/programs.js';
import { ChildServer } from './child-server.js';
import { furnish } from './furnish.js';
import { VersionFollower } from './version-follower.js';

/** The real edge and the floor, each a process of its own, and a real database that takes the exposures. */
export class HttpWorld {
  readonly guard = new Guard();
  private readonly dataDir = mkdtempSync(path.join(os.tmpdir(), 'contender-bench-'));
  private readonly home = temporaryDataDir(this.guard);
  readonly postgres = new EmbeddedPostgres({
    dataDir: this.home.dataDir,
    guard: this.guard,
    throwAway: true,
  });
  databaseUrl = '';
  database!: Client;
  edge!: ChildServer;
  floor!: ChildServer;
  private publisher: ChildServer | null = null;
  key = '';
  private version = 0;

  /**
   * @param ruleset what the edge serves first
   * @param changes tasks to switch in versions that follow, one a version, published beforehand by the control plane's
   *   publisher: it has a machine of its own where that matters; none: the ruleset is put into force as it is
   */
  static async open(
    ruleset: (version: number) => Ruleset,
    changes: readonly string[] = [],
  ): Promise<HttpWorld> {
    const world = new HttpWorld();
    try {
      world.databaseUrl = await world.postgres.start();
      // Where it matters the database has a machine of its own. Here it shares two cores, and takes what is left of them.
      os.setPriority(world.postgres.pid!, os.constants.priority.PRIORITY_LOW);
      await prepareDatabase(world.databaseUrl);
      await world.connect();
      world.key = await world.createKey();
      await (changes.length > 0 ? world.publishAsProduct(ruleset(1), changes) : world.publish(ruleset));
      await world.startEdge();
      world.floor = await ChildServer.start({
        script: path.join(__dirname, 'floor.process.js'),
        guard: world.guard,
      });
      return world;
    } catch (error) {
      await world.close();
      throw error;
    }
  }

  async startEdge(flags: readonly string[] = []): Promise<void> {
    this.edge = await ChildServer.start({
      script: builtScripts().edge,
      guard: this.guard,
      flags,
      env: {
        DATABASE_URL: this.databaseUrl,
        CONTENDER_DATA_DIR: this.dataDir,
        CONTENDER_EDGE_PORT: '0',
        CONTENDER_HOST: '127.0.0.1',
      },
    });
  }

  /** A connection of the bench's own; again after the database was away. */
  async connect(): Promise<void> {
    this.database = new Client({ connectionString: this.databaseUrl });
    this.database.on('error', () => undefined);
    await this.database.connect();
  }

  async publish(ruleset: (version: number) => Ruleset): Promise<number> {
    this.version += 1;
    const body = ruleset(this.version);
    await this.database.query(
      `INSERT INTO rulesets (environment, version, format, digest, body, cause, published_at)
       VALUES ('production', $1, $2, 'of a bench', $3, 'a bench', now())`,
      [this.version, body.format, JSON.stringify(body)],
    );
    await this.database.query(`NOTIFY contender_ruleset, 'production'`);
    return this.version;
  }

  /**
   * Switches one task on or off as the control plane does, and publishes that.
   *
   * @param task null: publishes what is there
   */
  async publishChange(task: string | null): Promise<number> {
    const answer = await fetch(`${this.publisher!.url}/changes`, {
      method: 'POST',
      body: JSON.stringify({ task }),
    });
    if (!answer.ok) throw new Error(`the publisher answered ${answer.status}: ${await answer.text()}`);
    this.version = ((await answer.json()) as { version: number }).version;
    return this.version;
  }

  /** Puts the next of the versions into force that were published beforehand. */
  async releaseChange(): Promise<number> {
    this.version += 1;
    const { rowCount } = await this.database.query(
      'INSERT INTO rulesets SELECT * FROM shelved_rulesets WHERE version = $1',
      [this.version],
    );
    if (rowCount !== 1) throw new Error(`version ${this.version} was not published beforehand`);
    await this.database.query(`NOTIFY contender_ruleset, 'production'`);
    return this.version;
  }

  /** Follows the versions of the rules the edge answers from, as it tells them: asking again and again would be load. */
  followVersions(): Promise<VersionFollower> {
    return VersionFollower.open(this.edge.url, this.key);
  }

  /** Teaches the floor the edge's answers to these questions. */
  async teachFloor(questions: readonly Buffer[]): Promise<void> {
    const answers = await Promise.all(questions.map((bytes) => this.ask(bytes)));
    await fetch(`${this.floor.url}/answers`, { method: 'POST', body: JSON.stringify(answers) });
  }

  /** The edge's answer to one question. */
  async ask<T = unknown>(bytes: Buffer): Promise<T> {
    const [head, body] = bytes.toString('utf8').split('\r\n\r\n');
    const address = head!.split(' ')[1]!;
    const answer = await fetch(`${this.edge.url}${address}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.key}`, 'content-type': 'application/json' },
      body,
    });
    if (!answer.ok) throw new Error(`${address} answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  async close(): Promise<void> {
    await this.edge?.stop();
    await this.floor?.stop();
    await this.publisher?.stop();
    await this.database?.end().catch(() => undefined);
    await this.postgres.stop();
    this.home.remove();
    this.guard.close();
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  /** Rows that the control plane reads the ruleset from, and the versions it makes of it and of the changes after it. */
  private async publishAsProduct(ruleset: Ruleset, changes: readonly string[]): Promise<void> {
    await furnish(this.database, ruleset);
    this.publisher = await ChildServer.start({
      script: path.join(__dirname, 'publisher.process.js'),
      guard: this.guard,
      env: { DATABASE_URL: this.databaseUrl },
    });
    const first = await this.publishChange(null);
    for (const task of changes) await this.publishChange(task);
    await this.database.query(
      `CREATE TABLE shelved_rulesets AS SELECT * FROM rulesets WHERE version > ${first}`,
    );
    await this.database.query('DELETE FROM rulesets WHERE version > $1', [first]);
    await this.database.query('VACUUM FULL rulesets');
    this.version = first;
  }

  private async createKey(): Promise<string> {
    const text = newApiKeyText('production', 'service');
    await this.database.query(
      `INSERT INTO api_keys (id, key_id, name, environment, role, salt, hash, created_by, created_at)
       VALUES (gen_random_uuid(), $1, 'a bench', 'production', 'service', 'salt', $2, 'a bench', now())`,
      [text.keyId, hashSecret('salt', text.secret)],
    );
    return formatApiKey(text);
  }
}
