import { connect, createServer, type Server, type Socket } from 'node:net';
import { ensureFirstAdminKey } from '@app/governance';
import { SystemClock } from '@app/kernel';
import { createTestDatabase, type TestDatabase } from '@app/testing';
import type { NestExpressApplication } from '@nestjs/platform-express';
import request from 'supertest';
import { ControlConfig } from '../apps/control/src/config.js';
import { createControlApp } from '../apps/control/src/create-control-app.js';

// Setting up a database and an app can take long on a busy machine; nothing here waits for time to pass.
jest.setTimeout(60_000);

/** Stands between the control plane and Postgres, and can be cut. */
class Wire {
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;
  private cut = false;

  constructor(target: URL) {
    const socketFolder = target.searchParams.get('host');
    const port = Number(target.port || 5432);
    this.server = createServer((client) => {
      if (this.cut) return void client.destroy();
      const postgres = socketFolder
        ? connect(`${socketFolder}/.s.PGSQL.${port}`)
        : connect(port, decodeURIComponent(target.hostname));
      for (const socket of [client, postgres]) {
        this.sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => [client, postgres].forEach((one) => one.destroy()));
      }
      client.pipe(postgres).pipe(client);
    });
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return (this.server.address() as { port: number }).port;
  }

  sever(): void {
    this.cut = true;
    for (const socket of this.sockets) socket.destroy();
  }

  mend(): void {
    this.cut = false;
  }

  async close(): Promise<void> {
    this.sever();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

describe('the control plane while Postgres is away', () => {
  let database: TestDatabase;
  let wire: Wire;
  let app: NestExpressApplication;
  let key: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    key = (await ensureFirstAdminKey(database.url, new SystemClock()))!;
    const target = new URL(database.url);
    wire = new Wire(target);
    const through = new URL(database.url);
    through.port = String(await wire.listen());
    through.hostname = '127.0.0.1';
    through.searchParams.delete('host');
    app = await createControlApp(Object.assign(new ControlConfig(), { DATABASE_URL: through.toString() }));
    await app.listen(0, '127.0.0.1');
  });
  afterAll(async () => {
    await app.close();
    await wire.close();
    await database.drop();
  });

  const get = (path: string) => request(app.getHttpServer()).get(path).set('Authorization', `Bearer ${key}`);

  it('says so, lives on, and answers again when it is back', async () => {
    await get('/api/v1/environments').expect(200);
    wire.sever();
    const { body, headers } = await get('/api/v1/environments').expect(503);
    expect(body).toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
      detail: expect.stringContaining('try again'),
    });
    expect(headers['retry-after']).toBe('1');
    await get('/health/ready').expect(503);
    await get('/health/live').expect(200);
    wire.mend();
    await get('/health/ready').expect(200);
    await get('/api/v1/environments').expect(200);
  });
});
