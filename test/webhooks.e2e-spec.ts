import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { verify } from '@app/notifications';
import { WorkerConfig } from '../apps/worker/src/config.js';
import { startWorker, type Worker } from '../apps/worker/src/worker.js';
import { type ControlHarness, startControl } from './control-harness.js';

const PATH = '/services/T000/very-secret';

/** Webhooks over HTTP: who is told, and what nobody gets to see. */
describe('webhooks', () => {
  let control: ControlHarness;
  let worker: Worker;
  let receiver: Server;
  let url: string;
  const received: Array<{ headers: Record<string, string>; body: string }> = [];

  beforeAll(async () => {
    control = await startControl();
    receiver = createServer((request, response) => {
      let body = '';
      request.on('data', (part: Buffer) => (body += part.toString()));
      request.on('end', () => {
        received.push({ headers: request.headers as Record<string, string>, body });
        response.writeHead(200).end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}${PATH}`;
    worker = await startWorker(
      Object.assign(new WorkerConfig(), { DATABASE_URL: control.url, CONTENDER_WORKER_POLL_MS: 50 }),
    );
  }, 60_000);

  afterAll(async () => {
    await worker?.stop();
    await new Promise((resolve) => receiver.close(resolve));
    await control?.close();
  });

  const make = async (body: object) => control.call('post', '/api/v1/webhooks').send(body);

  async function until<T>(read: () => Promise<T> | T, holds: (value: T) => boolean): Promise<T> {
    for (;;) {
      const value = await read();
      if (holds(value)) return value;
      await sleep(20);
    }
  }

  it('tell a receiver of its test, signed with the secret that was shown once', async () => {
    const made = await make({ key: 'release', url });
    expect([made.status, made.headers['cache-control']]).toEqual([201, 'no-store']);
    const { secret } = made.body as { secret: string };
    expect(secret).toMatch(/^whsec_/);
    expect((await control.call('post', '/api/v1/webhooks/release/test')).status).toBe(202);
    await until(
      () => received,
      ({ length }) => length > 0,
    );
    const { headers, body } = received[0]!;
    expect(verify(secret, headers, body, Math.floor(Date.now() / 1000))).toBe(true);
    expect(JSON.parse(body)).toMatchObject({ type: 'webhook.test', subject: { key: 'release' } });
    const listed = await until(
      () => control.call('get', '/api/v1/webhooks/release/deliveries'),
      ({ body: page }) => page.items[0]?.state === 'delivered',
    );
    expect(listed.body.items).toHaveLength(1);

    const other = await control.call('post', '/api/v1/webhooks/release/rotate-secret');
    expect(other.body.secret).not.toBe(secret);
  });

  it('never show a path again, in no answer and no audit row', async () => {
    await control.call('patch', '/api/v1/webhooks/release').send({ format: 'slack', events: [] });
    const answers = [
      await control.call('get', '/api/v1/webhooks'),
      await control.call('get', '/api/v1/webhooks/release'),
      await control.call('get', '/api/v1/audit-log?subjectType=webhook'),
    ];
    for (const { status, text } of answers) {
      expect(status).toBe(200);
      expect(text).not.toContain('very-secret');
      expect(text).not.toContain('whsec_');
    }
    expect(answers[1]!.body).toMatchObject({
      key: 'release',
      format: 'slack',
      url: expect.stringMatching(/…$/),
    });
  });

  it('refuse what cannot be', async () => {
    const before = await control.rowCounts();
    const refused: Array<[object, number, string]> = [
      [{ key: 'release', url }, 409, 'KEY_TAKEN'],
      [{ key: 'plain', url: 'http://hooks.example.com/x' }, 422, 'WEBHOOK_URL_NOT_VALID'],
      [{ key: 'none', url: 'hooks' }, 422, 'WEBHOOK_URL_NOT_VALID'],
      [{ key: 'where', url, environment: 'nowhere' }, 404, 'ENVIRONMENT_UNKNOWN'],
      [{ key: 'what', url, events: ['rollout.exploded'] }, 400, 'VALIDATION_FAILED'],
      [{ key: 'no url' }, 400, 'VALIDATION_FAILED'],
    ];
    for (const [body, status, code] of refused) {
      const answer = await make(body);
      expect([body, answer.status, answer.body.code]).toEqual([body, status, code]);
    }
    expect((await control.call('get', '/api/v1/webhooks/nobody')).body.code).toBe('WEBHOOK_UNKNOWN');
    expect(await control.rowCounts()).toEqual(before);
  });

  it('are forgotten with all they were to be told', async () => {
    await control.call('patch', '/api/v1/webhooks/release').send({ enabled: false });
    expect((await control.call('delete', '/api/v1/webhooks/release')).status).toBe(204);
    const { rows } = await control.sql.query('SELECT count(*)::int AS n FROM webhook_deliveries');
    expect(rows[0].n).toBe(0);
  });
});
