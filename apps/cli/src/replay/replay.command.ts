import { stat } from 'node:fs/promises';
import { startInstance } from '../client/instance.js';
import { type Check, compareWithExpected, coverage95, type Expected } from './compare.js';
import { type Dataset, DatasetError, readDataset } from './dataset.js';
import { describeStep } from './progress.js';
import { firstInstant, Replay } from './replay.js';

const USAGE = 'Usage: npm run replay -- DIR [--json]\n';

/**
 * `npm run replay -- DIR`: sends a recorded experiment through a private instance and holds the results against
 * expected.json. Progress goes to standard error, the results JSON to standard output.
 *
 * @returns 0 when everything holds, 1 when it does not, 2 when there is nothing to replay
 */
export async function run(argv: readonly string[]): Promise<number> {
  const json = argv.includes('--json');
  const directory = argv.find((argument) => !argument.startsWith('--'));
  if (!directory || !(await stat(directory).catch(() => null))?.isDirectory()) {
    process.stderr.write(directory ? `There is no folder ${directory}.\n` : USAGE);
    return 2;
  }
  let dataset: Dataset;
  try {
    dataset = await readDataset(directory);
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
  return replayDataset(dataset, json);
}

async function replayDataset(dataset: Dataset, json: boolean): Promise<number> {
  const say = (line: string): void => void (json || process.stderr.write(`${line}\n`));
  const { plan } = dataset;
  say(
    `Replaying ${plan.experiment.key}: ${dataset.units.length} exposures, ${dataset.outcomes.length} outcomes, ` +
      `${plan.assignment === 'platform' ? 'assigned by Contender' : 'arms as recorded'}.`,
  );
  say('Starting a private instance in virtual time…');
  const instance = await startInstance(firstInstant(dataset));
  try {
    const outcome = await new Replay(instance, dataset, (progress) => say(describeStep(progress))).run();
    const expected = dataset.expected as Expected | undefined;
    const checks = expected
      ? compareWithExpected(
          outcome.results,
          expected,
          plan.experiment.variants.map((variant) => variant.key),
        )
      : [];
    if (plan.assignment === 'platform') {
      checks.push({
        name: 'units given another arm when asked again',
        got: outcome.reassigned.length,
        expected: 0,
        ok: outcome.reassigned.length === 0,
      });
    }
    const coverage = expected ? coverage95(outcome.results, expected) : [];
    const failed = checks.filter((check) => !check.ok);
    process.stdout.write(
      `${JSON.stringify({ experiment: plan.experiment.key, holds: failed.length === 0, checks: checks.length, failed, coverage95: coverage, results: outcome.results }, null, json ? 0 : 2)}\n`,
    );
    say(summary(checks, failed, coverage));
    return failed.length === 0 ? 0 : 1;
  } finally {
    await instance.stack.stop();
  }
}

function summary(
  checks: readonly Check[],
  failed: readonly Check[],
  coverage: ReadonlyArray<{ name: string; covers: boolean }>,
): string {
  const lines = failed.map(
    (check) =>
      `  ✗ ${check.name}: got ${JSON.stringify(check.got)}, expected ${JSON.stringify(check.expected)}`,
  );
  if (coverage.length > 0) {
    const covered = coverage.filter((entry) => entry.covers).length;
    lines.push(`  95 % always-valid intervals that cover the truth: ${covered} of ${coverage.length}`);
  }
  lines.push(
    checks.length === 0
      ? 'Nothing to compare with: the folder holds no expected.json.'
      : `${checks.length - failed.length} of ${checks.length} figures hold.`,
  );
  return lines.join('\n');
}
