import type { IncomingMessage } from 'node:http';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Cors } from './cors.js';

const SDK = path.join(__dirname, '../../../../libs/sdk/src');

/** Names of the headers that the SDK reads of an answer. */
function readBySdk(): Set<string> {
  const names = new Set<string>();
  for (const file of readdirSync(SDK, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    const text = readFileSync(path.join(SDK, file), 'utf8');
    for (const [, name] of text.matchAll(/headers\.get\('([^']+)'\)/g)) names.add(name!);
  }
  return names;
}

describe('a page that may call the edge', () => {
  it('can read every header that the SDK needs of an answer', () => {
    const request = { headers: { origin: 'https://app.example.com' } } as IncomingMessage;
    const headers = new Cors(undefined, ['https://app.example.com']).headersFor(request)!;
    const shown = headers['access-control-expose-headers']!.split(', ');
    expect([...readBySdk()].sort()).toEqual(['age', 'date', 'etag', 'retry-after']);
    expect(shown).toEqual(expect.arrayContaining([...readBySdk()]));
  });
});
