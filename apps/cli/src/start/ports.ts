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
  throw new DomainError('PORT_UNAVAILABLE', `${reason(error, host, port)} Set ${variable} to another.`, {
    host,
    port,
  });
}

function reason(error: NodeJS.ErrnoException, host: string, port: number): string {
  if (error.code === 'EADDRINUSE') return `Port ${port} on ${host} is already in use.`;
  if (error.code === 'EACCES') return `Port ${port} on ${host} is not open to this user.`;
  if (error.code === 'EADDRNOTAVAIL') return `${host} is not an address of this machine (CONTENDER_HOST).`;
  return `Port ${port} on ${host} cannot be used: ${error.message}.`;
}
