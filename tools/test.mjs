import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { prepare } from './prepare.mjs';
import { captureTool, Trouble } from './process.mjs';
import { inRoot } from './root.mjs';

const CHECKS = {
  lint: ['eslint/bin/eslint.js', ['.', '--max-warnings=0', '--cache', '--cache-location', '.cache/eslint/']],
  format: [
    'prettier/bin/prettier.cjs',
    ['--check', '--log-level=warn', '--cache', '--cache-location=.cache/prettier', '.'],
  ],
  types: ['typescript/bin/tsc', ['--noEmit', '-p', 'tsconfig.json']],
};
const SUITES = ['unit', 'e2e'];

/**
 * Lint, format, types, build, unit and e2e; words among them choose some (`npm test -- unit`), and
 * further words go to jest (`npm test -- unit libs/stats`).
 *
 * @returns the exit code; the last line printed is `N passed, N failed`
 */
export async function runTests(args) {
  const named = args.filter((word) => word in CHECKS || SUITES.includes(word));
  const wanted = (step) => named.length === 0 || named.includes(step);
  const forJest = args.filter((word) => !named.includes(word));
  const results = [];

  await prepare({ build: false });
  const checks = Object.entries(CHECKS).filter(([name]) => wanted(name));
  results.push(...(await Promise.all(checks.map(([name, [script, flags]]) => check(name, script, flags)))));
  const suites = SUITES.filter(wanted);
  if (suites.length > 0) results.push(await build());
  for (const suite of suites) results.push(await jest(suite, forJest));
  return summary(results);
}

async function check(name, script, flags) {
  const started = performance.now();
  const { code, output } = await captureTool(script, flags);
  if (code !== 0) process.stderr.write(`\n--- ${name} ---\n${output}\n`);
  return announce({ name, started, passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 });
}

async function build() {
  const started = performance.now();
  try {
    await prepare();
    return announce({ name: 'build', started, passed: 1, failed: 0 });
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    console.error(error.message);
    return announce({ name: 'build', started, passed: 0, failed: 1 });
  }
}

async function jest(suite, args) {
  const started = performance.now();
  mkdirSync(inRoot('.cache'), { recursive: true });
  const report = inRoot(`.cache/jest-${suite}.json`);
  rmSync(report, { force: true });
  const flags = ['--selectProjects', suite, '--json', `--outputFile=${report}`, '--passWithNoTests', ...args];
  const code = await new Promise((resolve) => {
    const script = inRoot('node_modules/jest/bin/jest.js');
    // stdout would be the report once more; what people read goes to stderr.
    const child = spawn(process.execPath, [script, ...flags], {
      cwd: inRoot('.'),
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    // Whoever stops us means the tests too; jest ends its database with itself.
    const stop = (signal) => {
      child.kill(signal);
      child.once('exit', () => process.exit(signal === 'SIGINT' ? 130 : 143));
    };
    const signals = ['SIGINT', 'SIGTERM'];
    for (const name of signals) process.once(name, stop);
    child.once('error', () => resolve(127));
    child.once('exit', (exitCode) => {
      for (const name of signals) process.removeListener(name, stop);
      resolve(exitCode ?? 1);
    });
  });
  const counts = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : {};
  const failed = (counts.numFailedTests ?? 0) + (counts.numRuntimeErrorTestSuites ?? 0);
  return announce({
    name: suite,
    started,
    passed: counts.numPassedTests ?? 0,
    // jest can fail without a failing test: a broken set-up, a crash.
    failed: failed === 0 && code !== 0 ? 1 : failed,
    skipped: counts.numPendingTests ?? 0,
  });
}

function announce({ started, ...result }) {
  const timed = { ...result, seconds: (performance.now() - started) / 1000 };
  console.error(line(timed));
  return timed;
}

function line({ name, passed, failed, skipped = 0, seconds }) {
  const skips = skipped > 0 ? `, ${skipped} skipped` : '';
  const verdict = failed > 0 ? 'FAILED' : 'ok';
  return `${name.padEnd(7)} ${verdict.padEnd(7)} ${passed} passed, ${failed} failed${skips} (${seconds.toFixed(1)} s)`;
}

function summary(results) {
  const total = (key) => results.reduce((sum, result) => sum + result[key], 0);
  console.log(`\n${results.map(line).join('\n')}\n`);
  console.log(`${total('passed')} passed, ${total('failed')} failed`);
  return total('failed') === 0 ? 0 : 1;
}
