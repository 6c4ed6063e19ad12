import type { Client } from 'pg';
import { followerClient } from '../follower-client.js';
import type { PublishedRuleset, RulesetVersion } from '../snapshot.js';
import { readRuleset, readSteps } from '../snapshot-queries.js';
import type { Publications } from './read-newer.js';
import type { PublishedStep } from './ruleset-book.js';

/**
 * Fetches rulesets on a connection of the loader's own. The text of a large one has megabytes: receiving it where answers
 * are given would hold them up.
 */
export class RulesetSource implements Publications {
  private client: Promise<Client> | null = null;

  constructor(private readonly databaseUrl: string) {}

  whole(wanted: RulesetVersion): Promise<PublishedRuleset> {
    return this.ask((client) => readRuleset(client, wanted));
  }

  stepsAfter(base: number, wanted: RulesetVersion): Promise<PublishedStep[]> {
    return this.ask((client) => readSteps(client, base, wanted));
  }

  /** After a failure the next one is asked for on a new connection. */
  private async ask<T>(question: (client: Client) => Promise<T>): Promise<T> {
    const used = (this.client ??= this.open());
    try {
      return await question(await used);
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
