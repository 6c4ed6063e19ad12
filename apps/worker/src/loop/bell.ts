import { Client } from 'pg';

/** How long a lost connection waits before the next try. */
const RECONNECT_MS = 1000;

/**
 * Wakes a sleeping worker: at a notification from the database, or when its rest is over. Losing the connection costs
 * promptness and nothing else.
 */
export class Bell {
  private client: Client | undefined;
  private timer: NodeJS.Timeout | undefined;
  private wake: (() => void) | undefined;
  private rung = false;
  private closed = false;

  constructor(
    private readonly url: string,
    private readonly channels: readonly string[],
  ) {}

  /** Begins to listen; returns at once and never fails. */
  open(): void {
    if (this.closed) return;
    const client = new Client({
      connectionString: this.url,
      application_name: 'contender-worker-bell',
      connectionTimeoutMillis: 5000,
      keepAlive: true,
    });
    this.client = client;
    let lost = false;
    const reconnect = (): void => {
      if (lost) return;
      lost = true;
      client.end().catch(() => undefined);
      if (!this.closed) this.timer = setTimeout(() => this.open(), RECONNECT_MS);
    };
    client.on('error', reconnect);
    client.on('end', reconnect);
    client.on('notification', () => this.ring());
    client
      .connect()
      .then(() => client.query(this.channels.map((channel) => `LISTEN ${channel}`).join('; ')))
      // Whatever was said while nobody listened is found by looking.
      .then(() => this.ring(), reconnect);
  }

  ring(): void {
    this.rung = true;
    this.wake?.();
  }

  /** Resolves when it rings or after `ms`; at once when it rang since the last time. */
  async wait(ms: number): Promise<void> {
    if (!this.rung) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.wake = undefined;
    }
    this.rung = false;
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    await this.client?.end().catch(() => undefined);
  }
}
