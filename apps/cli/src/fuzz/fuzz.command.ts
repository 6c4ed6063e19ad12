import { parseArgs } from 'node:util';
import { Pool } from 'pg';
import { ApiClient } from '../client/api-client.js';
import { startStack } from '../start/stack.js';
import { fuzzRun, type FuzzReport } from './fuzz-run.js';

const USAGE = 'usage: npm run fuzz -- [--inputs 100000] [--seed S] [--json]';

/** `fuzz`: hostile inputs for an edge of its own; exit 1 when an answer was not a clear one, 2 when called wrongly. */
export async function run(argv: string[]): Promise<number> {
  let values: { inputs?: string; seed?: string; json?: boolean };
  try {
    ({ values } = parseArgs({
      args: argv,
      options: { inputs: { type: 'string' }, seed: { type: 'string' }, json: { type: 'boolean' } },
    }));
  } catch (error) {
    console.error(`${(error as Error).message}\n${USAGE}`);
    return 2;
  }
  const inputs = Number(values.inputs ?? 100_000);
  const seed = Number(values.seed ?? Date.now() % 1_000_000);
  if (!Number.isInteger(inputs) || inputs < 1 || !Number.isInteger(seed)) {
    console.error(USAGE);
    return 2;
  }
  console.error(`seed ${seed}`);
  const { report, died } = await fuzzStack(inputs, seed);
  const findings = [...report.findings, ...(died ? ['the edge died and was started again'] : [])];
  if (values.json) console.log(JSON.stringify({ ...report, findings }));
  else {
    const answers = Object.entries(report.answers).sort(([a], [b]) => (a < b ? -1 : 1));
    console.log(
      `${report.inputs} inputs; answers: ${answers.map(([status, times]) => `${status} ${times}`).join(', ')}`,
    );
    console.log(
      `${report.acceptedEvents} events accepted and stored, ${report.rejectedEvents} rejected one by one`,
    );
    for (const finding of findings) console.log(`NOT HELD: ${finding}`);
    if (findings.length === 0) console.log('every refusal a clear 4xx, nothing counted in part, no crash');
  }
  return findings.length === 0 ? 0 : 1;
}

async function fuzzStack(inputs: number, seed: number): Promise<{ report: FuzzReport; died: boolean }> {
  let died = false;
  const stack = await startStack({ say: (line) => (died ||= /^edge ended/.test(line)) });
  const database = new Pool({ connectionString: stack.databaseUrl, max: 1 });
  try {
    const control = new ApiClient(stack.controlUrl, stack.adminKey);
    await control.post('/api/v1/models', { key: 'old', provider: 'test', name: 'old' });
    await control.post('/api/v1/tasks', { key: 'reply', name: 'Reply', unitType: 'user' });
    await control.put('/api/v1/tasks/reply/champion', { environment: 'production', model: 'old' });
    const made = await control.post<{ key: string }>('/api/v1/api-keys', {
      name: 'fuzzer',
      environment: 'production',
      role: 'service',
    });
    const say = (line: string): void => console.error(line);
    return {
      report: await fuzzRun({ edgeUrl: stack.edgeUrl, key: made.key, database, inputs, seed, say }),
      died,
    };
  } finally {
    await database.end();
    await stack.stop();
  }
}
