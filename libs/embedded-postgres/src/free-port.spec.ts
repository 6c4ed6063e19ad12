import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { freePort } from './free-port.js';

describe('choosing a free port', () => {
  it('gives the preferred one while nobody listens there, and again to the same process', async () => {
    const port = await freePort();
    expect(await freePort(port)).toBe(port);
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    expect(await freePort(port)).not.toBe(port);
    server.close();
  });

  it('never gives one that another process was promised and does not listen on yet', async () => {
    const port = await freePort();
    // What the promise is to the other process: the number is taken there too.
    const other = createSocket('udp4');
    other.bind({ port, address: '127.0.0.1', exclusive: true });
    const [refused] = (await once(other, 'error')) as [NodeJS.ErrnoException];
    expect(refused.code).toBe('EADDRINUSE');
    other.close();
    const elsewhere = createSocket('udp4');
    elsewhere.bind({ port: 0, address: '127.0.0.1', exclusive: true });
    await once(elsewhere, 'listening');
    expect(await freePort(elsewhere.address().port)).not.toBe(elsewhere.address().port);
    elsewhere.close();
  });
});
