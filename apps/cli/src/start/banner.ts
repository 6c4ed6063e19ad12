import path from 'node:path';
import { withoutPassword } from './given-database.js';
import type { Stack } from './stack.js';

/** What a newcomer needs to go on from here. */
export function banner(stack: Stack): string {
  const outside = stack.cluster !== undefined && path.dirname(stack.cluster) !== stack.dataDir;
  const data = stack.cluster ? stack.cluster : withoutPassword(stack.databaseUrl);
  const lines = [
    '',
    'Contender is ready.',
    '',
    `  Swagger UI      ${stack.controlUrl}/docs`,
    `  Control plane   ${stack.controlUrl}`,
    `  Data plane      ${stack.edgeUrl}`,
    `  Database        ${data}`,
    ...(outside ? [`                  (its user cannot walk to ${stack.dataDir})`] : []),
    `  Logs            ${path.join(stack.dataDir, 'logs')}`,
    '',
    ...(stack.adminKey
      ? ['  First admin key, shown this once; keep it:', '', `      ${stack.adminKey}`, '']
      : []),
    '  Stop with Ctrl-C.',
    '',
  ];
  return lines.join('\n');
}
