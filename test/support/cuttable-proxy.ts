import { connect, createServer, type Server, type Socket } from 'node:net';

/** Stands between a process and its database, and can take the database away without stopping it for others. */
export class CuttableProxy {
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;
  private open = true;
  private mutedBy: string | null = null;

  private constructor(private readonly target: URL) {
    this.server = createServer((client) => this.join(client));
  }

  static async before(databaseUrl: string): Promise<CuttableProxy> {
    const proxy = new CuttableProxy(new URL(databaseUrl));
    await new Promise<void>((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  /** The database's address, by way of here. */
  get url(): string {
    const address = new URL(this.target);
    address.hostname = '127.0.0.1';
    address.port = String((this.server.address() as { port: number }).port);
    return address.toString();
  }

  /**
   * A connection on which this is said hears nothing more: the database does what it is asked, and its answer is lost.
   * Until `cut`, which ends it, or `mend`, after which nothing mutes others.
   */
  muteAfter(said: string): void {
    this.mutedBy = said;
  }

  cut(): void {
    this.open = false;
    for (const socket of this.sockets) socket.destroy();
  }

  mend(): void {
    this.open = true;
    this.mutedBy = null;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket): void {
    if (!this.open) {
      client.destroy();
      return;
    }
    const database = connect(Number(this.target.port || 5432), this.target.hostname);
    for (const [one, other] of [
      [client, database],
      [database, client],
    ] as const) {
      this.sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.sockets.delete(one);
        other.destroy();
      });
    }
    let muted = false;
    client.on('data', (said: Buffer) => {
      muted ||= this.mutedBy !== null && said.includes(this.mutedBy);
    });
    client.pipe(database);
    database.on('data', (answer: Buffer) => {
      if (!muted) client.write(answer);
    });
    database.on('end', () => client.end());
  }
}
