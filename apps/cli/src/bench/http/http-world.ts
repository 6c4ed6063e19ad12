import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Ruleset } from '@app/bucketing';
import { Guard, startThrowAwayPostgres, type ThrowAwayPostgres } from '@app/embedded-postgres';
import { formatApiKey, hashSecret, newApiKeyText } from '@app/governance';
import { Client } from 'pg';
import { prepareDatabase } from '../../migrate/prepare-database.js';
import { builtScripts } from '../../start/programs.js';
import { ChildServer } from './child-server.js';

/** The real edge and the floor, each a process of its own, and a real database that takes the exposures. */
export class HttpWorld {
  readonly guard = new Guard();
  private readonly dataDir = mkdtempSync(path.join(tmpdir(), 'contender-bench-'));
  postgres!: ThrowAwayPostgres;
  database!: Client;
  edge!: ChildServer;
  floor!: ChildServer;
  key = '';
  private version = 0;

  /** @param ruleset what the edge serves first */
  static async open(ruleset: (version: number) => Ruleset): Promise<HttpWorld> {
    const world = new HttpWorld();
    try {
      world.postgres = await startThrowAwayPostgres(world.guard);
      await prepareDatabase(world.postgres.url);
      world.database = new Client({ connectionString: world.postgres.url });
      world.database.on('error', () => undefined);
      await world.database.connect();
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
        DATABASE_URL: this.postgres.url,
        CONTENDER_DATA_DIR: this.dataDir,
        CONTENDER_EDGE_PORT: '0',
        CONTENDER_HOST: '127.0.0.1',
      },
    });
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

  /** Teaches the floor the edge's answers to these questions. */
  async teachFloor(questions: readonly Buffer[]): Promise<void> {
    const answers = await Promise.all(questions.map((bytes) => this.ask(bytes)));
    await fetch(`${this.floor.url}/answers`, { method: 'POST', body: JSON.stringify(answers) });
  }

  private async ask(bytes: Buffer): Promise<unknown> {
    const [head, body] = bytes.toString('utf8').split('\r\n\r\n');
    const address = head!.split(' ')[1]!;
    const answer = await fetch(`${this.edge.url}${address}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.key}`, 'content-type': 'application/json' },
      body,
    });
    if (!answer.ok) throw new Error(`${address} answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  }

  async close(): Promise<void> {
    await this.edge?.stop();
    await this.floor?.stop();
    await this.database?.end().catch(() => undefined);
    await this.postgres?.stop();
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
