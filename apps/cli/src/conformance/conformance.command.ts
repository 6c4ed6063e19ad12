import { parseArgs } from 'node:util';
import { stopSignals } from '../start/stop-signals.js';
import { ConformanceContext } from './context.js';
import { SuiteReport, type SuiteResult } from './suite-report.js';
import { SUITES } from './suites/index.js';

const USAGE = `usage: npm run conformance -- [SUITE…] [--json]\nsuites: ${Object.keys(SUITES).join(', ')}`;

/**
 * `npm run conformance`: other people's suites and real clients against a private instance.
 *
 * @returns 0 when all that apply pass, 1 when one does not, 2 when called wrongly
 */
export async function run(argv: string[]): Promise<number> {
  let asked: { positionals: string[]; values: { json?: boolean } };
  try {
    asked = parseArgs({ args: argv, options: { json: { type: 'boolean' } }, allowPositionals: true });
  } catch (error) {
    console.error(`${(error as Error).message}\n${USAGE}`);
    return 2;
  }
  const names = asked.positionals.length > 0 ? asked.positionals : Object.keys(SUITES);
  const unknown = names.find((name) => !Object.hasOwn(SUITES, name));
  if (unknown !== undefined) {
    console.error(`There is no suite "${unknown}".\n${USAGE}`);
    return 2;
  }
  const json = asked.values.json === true;
  const say = (line: string): void => console.error(line);
  const context = new ConformanceContext(say, stopSignals().first);
  const results: SuiteResult[] = [];
  try {
    await context.peers.install(say);
    for (const name of names) {
      const result = await runSuite(name, context);
      results.push(result);
      if (!json) console.log(linesOf(result).join('\n'));
    }
  } finally {
    await context.stop();
  }
  const total = (of: (result: SuiteResult) => number): number =>
    results.reduce((sum, result) => sum + of(result), 0);
  const totals = {
    passed: total((one) => one.passed),
    failed: total((one) => one.failed),
    excluded: total((one) => one.excluded),
  };
  if (json) console.log(JSON.stringify({ ok: totals.failed === 0, ...totals, suites: results }));
  else console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.excluded} excluded`);
  return totals.failed === 0 ? 0 : 1;
}

async function runSuite(name: string, context: ConformanceContext): Promise<SuiteResult> {
  const suite = await SUITES[name]!();
  const report = new SuiteReport(name, suite.says);
  try {
    await suite.run(report, context);
  } catch (error) {
    report.fail('the suite itself', error);
  }
  return report.result();
}

/** Counts, then what failed, then what does not apply and why. */
export function linesOf(result: SuiteResult): string[] {
  const { suite, passed, failed, excluded, seconds } = result;
  const head = `${suite.padEnd(22)} ${passed} passed, ${failed} failed, ${excluded} excluded  (${seconds.toFixed(1)} s)  ${result.says}`;
  return [
    head,
    ...result.notes.map((note) => `  · ${note}`),
    ...result.absent.map((what) => `  not here: ${what}`),
    ...result.failures.map(({ name, reason }) => `  FAILED ${name}: ${reason}`),
    ...result.exclusions.map(
      ({ reason, cases }) => `  excluded (${cases.length}): ${reason}
      ${cases.join(' · ')}`,
    ),
  ];
}
