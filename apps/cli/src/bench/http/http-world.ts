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
  key = '';
  private version = 0;

  /** @param ruleset what the edge serves first */
  static async open(ruleset: (version: number) => Ruleset): Promise<HttpWorld> {
    const world = new HttpWorld();
    try {
      world.databaseUrl = await world.postgres.start();
      // Where it matters the database has a machine of its own. Here it shares two cores, and takes what is left of them.
      os.setPriority(world.postgres.pid!, os.constants.priority.PRIORITY_LOW);
      await prepareDatabase(world.databaseUrl);
      await world.connect();
      world.key = await world.createKey();
      await world.publish(ruleset);
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
   * Publishes the newest ruleset again with one task switched on or off. The database writes it: a generator that made
   * megabytes of text would hold up its own requests.
   */
  async publishChange(task: string): Promise<number> {
    this.version += 1;
    const { version } = this;
    const name = `"positionSalt":"task:${task}:position","enabled":`;
    const on = version % 2 === 0;
    await this.database.query(
      `INSERT INTO rulesets (environment, version, format, digest, body, cause, published_at)
       SELECT environment, version + 1, format, digest,
              replace(replace(body, '"version":' || version || ',"publishedAt"', '"version":' || version + 1 || ',"publishedAt"'), $1, $2),
              cause, now()
       FROM rulesets WHERE environment = 'production' ORDER BY version DESC LIMIT 1`,
      [`${name}${!on}`, `${name}${on}`],
    );
    await this.database.query(`NOTIFY contender_ruleset, 'production'`);
    return version;
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
    await this.database?.end().catch(() => undefined);
    await this.postgres.stop();
    this.home.remove();
    this.guard.close();
    rmSync(this.dataDir, { recursive: true, force: true });
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
