import type { IncomingMessage } from 'node:http';

const strong = (tag: string): string => tag.trim().replace(/^W\//, '');

/** Whether the caller holds what this ETag stands for, by `If-None-Match` (weak comparison). */
export function isHeld(request: IncomingMessage, etag: string): boolean {
  const asked = (request.headers['if-none-match'] ?? '').split(',').map(strong);
  return asked.includes('*') || asked.includes(strong(etag));
}
