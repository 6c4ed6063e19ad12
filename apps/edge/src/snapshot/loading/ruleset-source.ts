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
    const used = (this.client ??= this.open());
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

  private open(): Promise<Client> {
    // What an old connection says late is nothing about a new one.
    const opened: Promise<Client> = this.connect(() => this.drop(opened));
    return opened;
  }

  private async connect(onError: () => void): Promise<Client> {
    const client = followerClient(this.databaseUrl);
    client.on('error', onError);
    try {
      await client.connect();
    } catch (error) {
      client.end().catch(() => undefined);
      throw error;
    }
    return client;
  }

  private drop(which: Promise<Client>): void {
    if (which !== this.client) return;
    this.client = null;
    which.then((client) => client.end()).catch(() => undefined);
  }
}
