import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DataSource } from 'typeorm';
import { Database, dataSourceOptions } from '@app/database';
import { ManualClock, SeededRng } from '@app/kernel';
import { createTestDatabase, type TestDatabase } from '@app/testing';
import { DeliveryService } from '../delivery.service.js';
import type { Notice } from '../domain/notice.js';
import { secretText, verify } from '../domain/signature.js';
import type { Webhook } from '../domain/webhook.js';
import { FetchWebhookSender } from './fetch-webhook-sender.js';
import { OutboxNotifier } from './outbox-notifier.js';
import { SqlWebhookStore } from './sql-webhook.store.js';
import { WebhookEntity } from './webhook.entities.js';

const START = new Date('2026-01-05T09:00:00.000Z');
const SECRET = secretText(Buffer.alloc(32, 7));
const DAY = 86_400_000;

const notice = (environment = 'production'): Notice => ({
  type: 'rollout.advanced',
  at: START.toISOString(),
  environment,
  subject: { kind: 'rollout', key: 'reply-large' },
  title: 'Rollout reply-large goes from 1 % to 5 %',
  reasons: ['proven'],
  actor: 'worker',
  data: { receipt: 2 },
});

describe('deliveries of notices, with Postgres and a receiver of flesh', () => {
  let base: TestDatabase;
  let source: DataSource;
  let database: Database;
  let receiver: Server;
  let url: string;
  let answers: number[];
  let received: Array<{ headers: Record<string, string | undefined>; body: string }>;
  let clock: ManualClock;
  let store: SqlWebhookStore;
  let counter = 0;

  beforeAll(async () => {
    base = await createTestDatabase();
    source = await new DataSource({
      ...dataSourceOptions({ url: base.url }),
      entities: [WebhookEntity],
    }).initialize();
    for (const key of ['production', 'staging']) {
      await source.query(`INSERT INTO environments VALUES ($1, $1, $2) ON CONFLICT DO NOTHING`, [key, START]);
    }
    database = new Database(source);
    receiver = createServer((request, response) => {
      let body = '';
      request.on('data', (part: Buffer) => (body += part.toString()));
      request.on('end', () => {
        received.push({ headers: request.headers as Record<string, string>, body });
        response.writeHead(answers.shift() ?? 204, { location: 'http://127.0.0.1:1/elsewhere' }).end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  });

  afterAll(async () => {
    await new Promise((resolve) => receiver.close(resolve));
    await source?.destroy();
    await base?.drop();
  });

  beforeEach(async () => {
    await source.query('TRUNCATE webhook_deliveries, webhooks');
    answers = [];
    received = [];
    clock = new ManualClock(START);
    store = new SqlWebhookStore(database);
  });

  async function aWebhook(more: Partial<Webhook> = {}): Promise<Webhook> {
    counter += 1;
    const webhook: Webhook = {
      id: `00000000-0000-4000-8000-${String(counter).padStart(12, '0')}`,
      key: `hook-${counter}`,
      name: 'Hook',
      environment: null,
      url,
      format: 'json',
      events: [],
      enabled: true,
      disabledReason: null,
      createdBy: 'Ada',
      createdAt: START,
      ...more,
    };
    expect(await store.insert(webhook, SECRET)).toBe(true);
    return webhook;
  }

  const service = () => new DeliveryService(store, new FetchWebhookSender(), clock, new SeededRng(1));
  const announce = (given = notice()) => new OutboxNotifier(store).announce(given);
  const told = async ({ id }: Webhook) => (await store.deliveries(id, { limit: 10 })).items;

  it('are signed, fresh and carry the notice', async () => {
    const webhook = await aWebhook();
    await announce();
    expect(await service().round()).toBe(1);
    const [{ headers, body }] = received as [(typeof received)[number]];
    expect(verify(SECRET, headers, body, START.getTime() / 1000)).toBe(true);
    expect(JSON.parse(body)).toEqual({ id: headers['webhook-id'], ...notice() });
    expect(await told(webhook)).toMatchObject([{ state: 'delivered', attempts: 1, lastStatus: 204 }]);
    expect(await service().round()).toBe(0);
  });

  it('go only to those who asked for this environment and this event, and are switched on', async () => {
    const wanted = [
      await aWebhook(),
      await aWebhook({ environment: 'production', events: ['rollout.advanced'] }),
    ];
    const others = [
      await aWebhook({ environment: 'staging' }),
      await aWebhook({ events: ['rollout.promoted'] }),
      await aWebhook({ enabled: false }),
    ];
    await announce();
    for (const one of wanted) expect(await told(one)).toHaveLength(1);
    for (const one of others) expect(await told(one)).toEqual([]);
  });

  it('were never announced when the transaction is undone', async () => {
    const webhook = await aWebhook();
    const undone = database.transaction(async () => {
      await announce();
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(await told(webhook)).toEqual([]);
  });

  it('are tried again under the same id, later each time, until they arrive; a redirect is no arrival', async () => {
    const webhook = await aWebhook();
    await announce();
    answers = [500, 302, 200];
    for (const rest of [5_000, 30_000]) {
      await service().round();
      expect(await service().round()).toBe(0);
      clock.advanceMs(rest * 1.2);
    }
    await service().round();
    expect(received.map(({ headers }) => headers['webhook-id'])).toEqual(
      Array(3).fill(received[0]!.headers['webhook-id']),
    );
    expect(new Set(received.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(3);
    expect(await told(webhook)).toMatchObject([{ state: 'delivered', attempts: 3, lastError: null }]);
  });

  it('are given up after three days of silence, saying why but not where', async () => {
    const gone = await new Promise<string>((resolve) => {
      const server = createServer().listen(0, '127.0.0.1', () => {
        const { port } = server.address() as AddressInfo;
        server.close(() => resolve(`http://127.0.0.1:${port}/secret-path`));
      });
    });
    const webhook = await aWebhook({ url: gone });
    await announce();
    let rounds = 0;
    for (; (await service().round()) > 0; rounds += 1) clock.advanceMs(DAY * 1.2);
    expect(rounds).toBe(10);
    const [delivery] = await told(webhook);
    expect(delivery).toMatchObject({ state: 'given-up', attempts: 10, lastStatus: null });
    expect(delivery!.lastError).toBe('not reached: ECONNREFUSED');
  });

  it('end when the receiver says that it is gone', async () => {
    const webhook = await aWebhook();
    await announce();
    await announce();
    answers = [410, 410];
    await service().round();
    expect(await store.byKey(webhook.key)).toMatchObject({ enabled: false });
    expect((await told(webhook)).map(({ state }) => state)).toEqual(['given-up', 'given-up']);
    await announce();
    expect(await told(webhook)).toHaveLength(2);
  });

  it('are taken once by several workers, and again by another when one dies with them', async () => {
    await aWebhook();
    for (let n = 0; n < 40; n += 1) await announce();
    const until = new Date(START.getTime() + 60_000);
    const taken = await Promise.all([1, 2, 3, 4].map(() => store.take(START, until, 16)));
    const ids = taken.flat().map(({ id }) => id);
    expect(ids).toHaveLength(40);
    expect(new Set(ids).size).toBe(40);
    // All four died. Nobody gets them before the lease is over.
    expect(await service().round()).toBe(0);
    clock.advanceMs(60_000);
    let sent = 0;
    for (let count = await service().round(); count > 0; count = await service().round()) sent += count;
    expect(sent).toBe(40);
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(40);
  });
});
