import { parseArgs } from 'node:util';
import { crashRun } from './crash-run.js';

const USAGE = 'usage: npm run crash -- [--rounds 50] [--seed S] [--json]';

/** `crash`: kill -9 at random, then count; exit 1 when something was lost or counted twice, 2 when called wrongly. */
export async function run(argv: string[]): Promise<number> {
  let values: { rounds?: string; seed?: string; json?: boolean };
  try {
    ({ values } = parseArgs({
      args: argv,
      options: { rounds: { type: 'string' }, seed: { type: 'string' }, json: { type: 'boolean' } },
    }));
  } catch (error) {
    console.error(`${(error as Error).message}\n${USAGE}`);
    return 2;
  }
  const rounds = Number(values.rounds ?? 50);
  const seed = Number(values.seed ?? Date.now() % 1_000_000);
  if (!Number.isInteger(rounds) || rounds < 1 || !Number.isInteger(seed)) {
    console.error(USAGE);
    return 2;
  }
  console.error(`seed ${seed}`);
  const report = await crashRun({ rounds, seed, say: (line) => console.error(line) });
  if (values.json) console.log(JSON.stringify(report));
  else {
    const kills = Object.entries(report.kills).map(([name, times]) => `${name} ${times}`);
    console.log(
      `${report.rounds} rounds, killed: ${kills.join(', ')}\n` +
        `${report.acknowledgedEvents} events acknowledged in ${report.acknowledgements} batches ` +
        `(${report.spooledEvents} events from the spool, ${report.retries} retries, ${report.repeatedBatches} sent again)`,
    );
    for (const finding of report.findings) console.log(`NOT HELD: ${finding}`);
    if (report.findings.length === 0)
      console.log('nothing lost, nothing counted twice, statistics equal to a recount');
  }
  return report.findings.length === 0 ? 0 : 1;
}
