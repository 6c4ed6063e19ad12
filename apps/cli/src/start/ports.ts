import { createServer } from 'node:net';
import { DomainError } from '@app/kernel';

/** @throws DomainError `PORT_UNAVAILABLE` somebody listens there, or we may not */
export async function requireFreePort(host: string, port: number, variable: string): Promise<void> {
  const error = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    const server = createServer();
    server.once('error', resolve);
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
  if (!error) return;
  throw new DomainError('PORT_UNAVAILABLE', reason(error, host, port, variable), {
    host,
    port,
  });
}

function reason(error: NodeJS.ErrnoException, host: string, port: number, variable: string): string {
  const where = `Port ${port} on ${host}`;
  if (error.code === 'EADDRINUSE') return `${where} is already in use; set ${variable} to another.`;
  if (error.code === 'EACCES') return `${where} is not open to this user; set ${variable} to another.`;
  if (error.code === 'EADDRNOTAVAIL') return `${host} is not an address of this machine; set CONTENDER_HOST.`;
  return `${where} cannot be used (${error.message}); set ${variable} to another.`;
}
