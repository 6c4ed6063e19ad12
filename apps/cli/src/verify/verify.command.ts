import { plainDataSource } from '@app/database';
import { withDatabase } from '../database/with-database.js';
import { verify } from './verify.js';

/**
 * `npm run verify -- KEY`: recomputes every look and receipt of an experiment or rollout from stored evidence. Works
 * beside a running `npm start`.
 *
 * @returns 0 when everything holds, 1 when something does not, 2 when nothing has that key
 */
export async function run(argv: readonly string[]): Promise<number> {
  const key = argv.find((argument) => !argument.startsWith('--'));
  if (!key) {
    console.error('Usage: npm run verify -- KEY [--json]');
    return 2;
  }
  return withDatabase({ shared: true }, async (url) => {
    const source = await plainDataSource({
      url,
      poolSize: 2,
      applicationName: 'contender-verify',
    }).initialize();
    try {
      return tell(key, await verify(source, key), argv.includes('--json'));
    } finally {
      await source.destroy();
    }
  });
}

function tell(key: string, found: Awaited<ReturnType<typeof verify>>, json: boolean): number {
  if (!found) {
    console.error(`No experiment and no rollout has the key ${key}.`);
    return 2;
  }
  if (json) console.log(JSON.stringify(found));
  else {
    const other = found.otherVersion > 0 ? ` (${found.otherVersion} by other estimators: digests only)` : '';
    console.log(`${found.looks} looks${other} and ${found.receipts} receipts of ${key} recomputed.`);
    for (const { what, code, message } of found.findings) console.log(`  ✗ ${what}: ${code}. ${message}`);
    console.log(found.findings.length === 0 ? 'Everything holds.' : `${found.findings.length} do not hold.`);
  }
  return found.findings.length === 0 ? 0 : 1;
}
