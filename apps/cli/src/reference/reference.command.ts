import { stat } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { runReference } from './run-reference.js';

const USAGE = 'usage: npm run reference -- DIR [--json]';

/** `reference DIR [--json]`: every statistical case in DIR; exit 1 unless all pass, 2 when called wrongly. */
export async function referenceCommand(argv: string[]): Promise<number> {
  let directory: string | undefined;
  let json: boolean;
  try {
    const parsed = parseArgs({
      args: argv,
      options: { json: { type: 'boolean', default: false } },
      allowPositionals: true,
    });
    directory = parsed.positionals[0];
    json = parsed.values.json;
  } catch (error) {
    console.error(`${(error as Error).message}\n${USAGE}`);
    return 2;
  }
  if (!directory) {
    console.error(USAGE);
    return 2;
  }
  const found = await stat(directory).catch(() => undefined);
  if (!found?.isDirectory()) {
    console.error(`${directory} is not a folder.`);
    return 2;
  }
  return runReference(directory, { json });
}

/** The name the dispatcher looks for. */
export const run = referenceCommand;
