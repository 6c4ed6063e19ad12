import { createServer, type AddressInfo } from 'node:net';

/** A TCP port on loopback that nobody listens on now; `preferred` is taken when it is free. */
export async function freePort(preferred = 0): Promise<number> {
  if (preferred !== 0) {
    try {
      return await probe(preferred);
    } catch {
      return probe(0);
    }
  }
  return probe(0);
}

function probe(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address() as AddressInfo;
      server.close(() => resolve(address.port));
    });
  });
}
