import { Client } from 'pg';

/** Held by the one worker that speaks with the upstream. */
const LEADER_LOCK = 7_220_006;

/**
 * Makes one of any number of workers the leader, for as long as its connection lives: a worker that dies or loses the
 * database gives its place to another by itself.
 */
export class Leadership {
  private client: Client | undefined;
  private leads = false;

  constructor(private readonly url: string) {}

  /** Whether this worker leads, after trying to when it does not. @throws when the database is away */
  async hold(): Promise<boolean> {
    this.client ??= await this.connect();
    if (!this.leads) {
      const { rows } = await this.client.query<{ held: boolean }>('SELECT pg_try_advisory_lock($1) AS held', [
        LEADER_LOCK,
      ]);
      this.leads = rows[0]!.held;
    }
    return this.leads;
  }

  async end(): Promise<void> {
    const { client } = this;
    this.lost();
    await client?.end().catch(() => undefined);
  }

  private async connect(): Promise<Client> {
    const client = new Client({
      connectionString: this.url,
      application_name: 'contender-worker-upstream',
      connectionTimeoutMillis: 5000,
      keepAlive: true,
    });
    const lost = (): void => {
      if (this.client === client) this.lost();
    };
    client.on('error', lost);
    client.on('end', lost);
    await client.connect();
    return client;
  }

  private lost(): void {
    this.client = undefined;
    this.leads = false;
  }
}
