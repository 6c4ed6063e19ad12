import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { EdgeState } from '../snapshot/edge-state.js';
import { aPublishedRuleset } from '../testing/edge.fixtures.js';
import { type Listening, RulesetStreams, type StreamLimits, type Telling } from './ruleset-streams.js';

/** More than the buffers of both ends of a connection hold. */
const LARGE = 'x'.repeat(24 * 1024 * 1024);

const aKey = (keyId: string) => ({ keyId, environment: 'production', salt: 's', hash: 'h' });
const accessOf = (...keyIds: string[]) => ({ keys: keyIds.map(aKey), secrets: { production: 'one' } });
const versions: Telling = ({ version }) => ({ event: 'ruleset', data: { version } });

describe('streams of rulesets', () => {
  let state: EdgeState;
  let streams: RulesetStreams;
  let server: Server;
  let opening: Partial<Listening>;
  const sockets: Socket[] = [];

  const publish = (version: number) =>
    state.takeRuleset({
      environment: 'production',
      version,
      body: JSON.stringify(aPublishedRuleset(version)),
    });

  /** A listener that reads nothing until it is told to. */
  const listen = async (more: Partial<Listening>): Promise<Socket> => {
    opening = more;
    const { port } = server.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1').pause();
    sockets.push(socket);
    socket.on('error', () => undefined);
    const heard = once(server, 'request');
    socket.write('GET / HTTP/1.1\r\nhost: edge\r\n\r\n');
    await heard;
    return socket;
  };

  /** Versions told, in order, until one is told. */
  const versionsUntil = async (socket: Socket, last: number): Promise<number[]> => {
    let text = '';
    for await (const chunk of socket) {
      text += String(chunk).replaceAll('x', '');
      if (text.includes(`"version":${last}`)) break;
    }
    return [...text.matchAll(/"version":(\d+)/g)].map(([, version]) => Number(version));
  };

  const start = async (limits: Partial<StreamLimits> = {}): Promise<void> => {
    state = new EdgeState();
    state.takeAccess(accessOf('k1', 'k2'));
    publish(1);
    streams = new RulesetStreams(state, { perKey: 100, ...limits });
    server = createServer((_request, response) => {
      const answer = streams.open({
        environment: 'production',
        telling: versions,
        lastEventId: undefined,
        keyId: null,
        ...opening,
      });
      response.writeHead(answer.status, answer.headers);
      answer.stream(response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  };

  afterEach(async () => {
    streams.close();
    for (const socket of sockets.splice(0)) socket.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const hydration: Telling = ({ version }) => ({
    event: 'unleash-connected',
    data: { version, features: version === 1 ? LARGE : '' },
  });

  it('wait for whoever is still reading a large first event, and then tell the newest alone', async () => {
    await start();
    const socket = await listen({ telling: hydration });
    for (const version of [2, 3, 4]) publish(version);
    expect(streams.count).toBe(1);
    expect(await versionsUntil(socket, 4)).toEqual([1, 4]);
  });

  it('tell every change to whoever reads', async () => {
    await start();
    const socket = await listen({});
    publish(2);
    publish(3);
    expect(await versionsUntil(socket, 3)).toEqual([1, 2, 3]);
  });

  it('cut off whoever has unread events and takes no byte of them', async () => {
    await start({ stalledMs: 50 });
    const closed = new Promise((resolve) => {
      server.once('request', (_request, response) => response.once('close', resolve));
    });
    await listen({ telling: hydration });
    await closed;
    expect(streams.count).toBe(0);
  });

  it('end with the key that opened them, and only those', async () => {
    await start();
    const socket = await listen({ keyId: 'k1' });
    const other = await listen({ keyId: 'k2' });
    const ticket = await listen({ keyId: null });
    const closed = once(socket.resume(), 'close');
    state.takeAccess(accessOf('k2'));
    await closed;
    expect(streams.count).toBe(2);
    publish(2);
    expect(await versionsUntil(other, 2)).toEqual([1, 2]);
    expect(await versionsUntil(ticket, 2)).toEqual([1, 2]);
  });

  describe('of one key', () => {
    const asking = (keyId: string | null) =>
      streams.open({ environment: 'production', telling: versions, lastEventId: undefined, keyId });
    const refusal = expect.objectContaining({
      code: 'STREAMS_EXHAUSTED',
      more: { headers: { 'retry-after': '30' } },
    });

    it('are so many and no more, until one of them ends', async () => {
      await start({ perKey: 2 });
      const first = await listen({ keyId: 'k1' });
      await listen({ keyId: 'k1' });
      expect(() => asking('k1')).toThrow(refusal);
      await listen({ keyId: 'k2' });
      expect(asking('k2').status).toBe(200);
      first.destroy();
      while (streams.count === 3) await new Promise((resolve) => setImmediate(resolve));
      expect(asking('k1').status).toBe(200);
    });

    it('are no more when many were let in before the first was counted', async () => {
      await start({ perKey: 1 });
      const both = [asking('k1'), asking('k1')];
      server.removeAllListeners('request').on('request', (_request, response) => {
        const answer = both.pop()!;
        response.writeHead(answer.status, answer.headers);
        answer.stream(response);
      });
      await listen({});
      const second = await listen({});
      await once(second.resume(), 'close');
      expect(streams.count).toBe(1);
    });

    it('are counted together where tickets open them', async () => {
      await start({ perKey: 1 });
      await listen({ keyId: null });
      expect(() => asking(null)).toThrow(refusal);
    });
  });

  it('end at once for a key that was revoked while it asked', async () => {
    await start();
    const socket = await listen({ keyId: 'k3' });
    await once(socket.resume(), 'close');
    expect(streams.count).toBe(0);
  });
});
