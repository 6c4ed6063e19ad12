import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import process from 'node:process';
import { prepare } from './prepare.mjs';
import { inRoot } from './root.mjs';

/**
 * The property tests of the statistics with many runs and another seed each time, which it prints.
 *
 * @returns jest's exit code
 */
export async function runProperties(args) {
  const { values } = parseArgs({
    args,
    options: {
      runs: { type: 'string', default: '10000' },
      seed: { type: 'string', default: String(randomInt(2 ** 31)) },
    },
  });
  const globals = { propertyRuns: Number(values.runs), propertySeed: Number(values.seed) };
  await prepare({ build: false });
  console.error(
    `${values.runs} runs each, seed ${values.seed} (again: npm run test:properties -- --seed ${values.seed})`,
  );
  const flags = ['libs/stats/properties', '--selectProjects', 'unit', '--testTimeout=3600000'];
  const child = spawn(
    process.execPath,
    [inRoot('node_modules/jest/bin/jest.js'), ...flags, `--globals=${JSON.stringify(globals)}`],
    { cwd: inRoot('.'), stdio: 'inherit' },
  );
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}
