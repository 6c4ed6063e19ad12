import { createHash } from 'node:crypto';
import type { PublishedRuleset } from './snapshot.js';

/** Strong: the same text has the same tag on every edge. */
export function etagOf({ version, body }: Pick<PublishedRuleset, 'version' | 'body'>): string {
  return `"${version}-${createHash('sha256').update(body).digest('hex').slice(0, 16)}"`;
}
