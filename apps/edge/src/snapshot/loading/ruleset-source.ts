import type { Client } from 'pg';
import { followerClient } from '../follower-client.js';
import type { PublishedRuleset, RulesetVersion } from '../snapshot.js';
import { readRuleset } from '../snapshot-queries.js';

/**
 * Fetches rulesets on a connection of the loader's own. The text of a large one has megabytes: receiving it where answers
 * are given would hold them up.
 */
export class RulesetSource {
  private client: Promise<Client> | null = null;

  constructor(private readonly databaseUrl: string) {}

  /** @throws Error when there is none, or the database is away; the next one is asked for on a new connection */
  async fetch(wanted: RulesetVersion): Promise<PublishedRuleset> {
    this.client ??= this.connect();
    const used = this.client;
    try {
      return await readRuleset(await used, wanted);
    } catch (error) {
      this.drop(used);
      throw error;
    }
  }

  async close(): Promise<void> {
    const { client } = this;
    if (client) this.drop(client);
    await client?.catch(() => undefined);
  }

  private async connect(): Promise<Client> {
    const client = followerClient(this.databaseUrl);
    client.on('error', () => this.drop(this.client));
    try {
      await client.connect();
    } catch (error) {
      client.end().catch(() => undefined);
      throw error;
    }
    return client;
  }

  private drop(which: Promise<Client> | null): void {
    if (which === null || which !== this.client) return;
    this.client = null;
    which.then((client) => client.end()).catch(() => undefined);
  }
}
