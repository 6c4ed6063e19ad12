import { createHash } from 'node:crypto';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ApiClient, ApiError } from '../client/api-client.js';
import { ImportCursor } from './cursor.js';
import { ImportError } from './import-errors.js';
import { type ImportReport, ImportRun, isUnreachable } from './import-run.js';
import { digestOfFile } from './read-lines.js';

const USAGE = `usage: npm run import -- FILE [--experiment KEY] [--edge URL] [--dry-run] [--keep-going] [--json]

  FILE          .csv, .ndjson or .jsonl of exposures and outcomes, each also .gz
  --experiment  whose rows these are where they do not say it themselves
  --edge        address of the data plane (http://127.0.0.1:8081)
  --dry-run     judge every line, send none
  --keep-going  send the good lines although there are bad ones

The service key is read from CONTENDER_API_KEY.`;

const OPTIONS = {
  experiment: { type: 'string' },
  edge: { type: 'string', default: 'http://127.0.0.1:8081' },
  'dry-run': { type: 'boolean', default: false },
  'keep-going': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

/**
 * `import`: sends what was measured elsewhere to a running instance, once however often it is run. Progress goes to
 * standard error, the result to standard output.
 *
 * @returns 0 when every line was taken (or would be), 1 when one was not, 2 when there is nothing to import with
 */
export async function run(argv: string[]): Promise<number> {
  let parsed;
  try {
    parsed = parseArgs({ args: argv, options: OPTIONS, allowPositionals: true });
  } catch (error) {
    console.error(`${(error as Error).message}\n${USAGE}`);
    return 2;
  }
  const [file, ...more] = parsed.positionals;
  const key = process.env.CONTENDER_API_KEY;
  if (file === undefined || more.length > 0 || !key) {
    console.error(file !== undefined && !key ? `CONTENDER_API_KEY is not set.\n${USAGE}` : USAGE);
    return 2;
  }
  const { experiment = null, edge, json, 'dry-run': dryRun, 'keep-going': keepGoing } = parsed.values;
  try {
    const digest = await digestOfFile(file);
    const report = await new ImportRun({
      file,
      digest,
      experiment,
      edge: new ApiClient(edge.replace(/\/+$/, ''), key),
      cursor: cursorOf(digest, experiment, edge, key),
      dryRun,
      keepGoing,
      say: (line) => console.error(line),
    }).run();
    console.log(json ? JSON.stringify({ file, digest, experiment, ...report }) : inWords(report, dryRun));
    return report.refusedLines === 0 ? 0 : 1;
  } catch (error) {
    if (error instanceof ImportError) {
      console.error(`${error.code}: ${error.message}`);
      return 2;
    }
    if (!(error instanceof ApiError) && !isUnreachable(error)) throw error;
    const code = error instanceof ApiError ? `${error.code}: ` : '';
    console.error(`${code}${error.message}\nRun the same command again: it goes on where it was.`);
    return 1;
  }
}

/** One for each file, experiment and key at an edge: another environment has seen nothing of it. */
function cursorOf(digest: string, experiment: string | null, edge: string, key: string): ImportCursor {
  const name = createHash('sha256')
    .update([digest, experiment ?? '', edge, key].join('\n'))
    .digest('hex');
  const folder = path.resolve(process.env.CONTENDER_DATA_DIR ?? '.data', 'imports');
  return new ImportCursor(path.join(folder, `${name.slice(0, 32)}.json`));
}

function inWords(report: ImportReport, dryRun: boolean): string {
  const { events, exposures, outcomes, accepted, duplicates, spooled, refusedLines, refused, sent } = report;
  const lines = refused.map(({ line, code, message }) => `line ${line}: ${code}: ${message}`);
  if (refusedLines > refused.length) lines.push(`… and ${refusedLines - refused.length} more`);
  lines.push(
    `${events} events: ${exposures} exposures, ${outcomes} outcomes; ${refusedLines} lines refused.`,
  );
  if (sent) {
    lines.push(`${accepted} stored, ${duplicates} known before${spooled > 0 ? `, ${spooled} spooled` : ''}.`);
  } else lines.push(dryRun ? 'Nothing was sent.' : 'Nothing was sent: mend the file, or take --keep-going.');
  return lines.join('\n');
}
