import { differences } from './compare.js';
import { METHODS, type Method } from './methods/index.js';
import { readReferenceFiles, type ReferenceCase, type ReferenceFile } from './reference-file.js';

/** Outcome of one file. */
export interface FileReport {
  readonly file: string;
  readonly method: string;
  readonly passed: number;
  readonly failed: number;
  readonly unsupported: number;
  /** Per failed or unsupported case: what was off. */
  readonly details: ReadonlyArray<{
    readonly id: string;
    readonly outcome: string;
    readonly lines: readonly string[];
  }>;
}

/** Where the report goes, and how much of it. */
export interface ReferenceOptions {
  readonly json: boolean;
  readonly print?: (line: string) => void;
}

const SHOWN_PER_FILE = 10;

/**
 * Runs every reference case of a folder against the statistics library and prints what passed.
 *
 * @returns exit code: 0 when every case of every file passes, 1 otherwise (also when there is no case at all)
 */
export async function runReference(directory: string, options: ReferenceOptions): Promise<number> {
  const print = options.print ?? ((line: string) => console.log(line));
  const reports = (await readReferenceFiles(directory)).map(runFile);
  const sum = (key: 'passed' | 'failed' | 'unsupported') =>
    reports.reduce((total, report) => total + report[key], 0);
  const total = { passed: sum('passed'), failed: sum('failed'), unsupported: sum('unsupported') };
  const ok = total.passed > 0 && total.failed === 0 && total.unsupported === 0;
  if (options.json) print(JSON.stringify({ ok, total, files: reports }, null, 2));
  else printTable(reports, total, print);
  return ok ? 0 : 1;
}

function runFile(file: ReferenceFile): FileReport {
  const method = methodOf(file.name);
  const results = file.cases.map((item) => runCase(method, item));
  const countOf = (outcome: string) => results.filter((result) => result.outcome === outcome).length;
  return {
    file: file.name,
    method: file.method,
    passed: countOf('passed'),
    failed: countOf('failed'),
    unsupported: countOf('unsupported'),
    details: results.filter((result) => result.outcome !== 'passed'),
  };
}

/** Files are told by their number: the set may come under other names. */
function methodOf(name: string): Method | undefined {
  return METHODS[name.slice(0, 2)];
}

function runCase(method: Method | undefined, item: ReferenceCase): FileReport['details'][number] {
  const { id } = item;
  try {
    const got = method?.(item.input, item.expected);
    if (got === undefined) return { id, outcome: 'unsupported', lines: [] };
    const lines = differences(item.expected, got, item.tolerance);
    return { id, outcome: lines.length === 0 ? 'passed' : 'failed', lines };
  } catch (error) {
    return { id, outcome: 'failed', lines: [`threw ${String(error)}`] };
  }
}

function printTable(
  reports: readonly FileReport[],
  total: { passed: number; failed: number; unsupported: number },
  print: (line: string) => void,
): void {
  const row = (name: string, counts: { passed: number; failed: number; unsupported: number }) =>
    `${name.padEnd(34)} ${[counts.passed, counts.failed, counts.unsupported].map((n) => String(n).padStart(8)).join(' ')}`;
  print(`${'file'.padEnd(34)}   passed   failed  unsupported`);
  for (const report of reports) {
    print(row(report.file, report));
    const failed = report.details.filter((detail) => detail.outcome === 'failed');
    for (const { id, lines } of failed.slice(0, SHOWN_PER_FILE))
      print(`    ${id}: ${lines.slice(0, 3).join('; ')}`);
    if (failed.length > SHOWN_PER_FILE) print(`    … and ${failed.length - SHOWN_PER_FILE} more`);
    const unsupported = report.details
      .filter((detail) => detail.outcome === 'unsupported')
      .map(({ id }) => id);
    if (unsupported.length > 0) print(`    unsupported: ${groups(unsupported)}`);
  }
  print(row('all', total));
}

/** Ids by their stem with a count: "avlm ×7, quantileab ×4". */
function groups(ids: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const id of ids) {
    const stem = id.split('-')[0]!;
    counts.set(stem, (counts.get(stem) ?? 0) + 1);
  }
  return [...counts].map(([stem, count]) => `${stem} ×${count}`).join(', ');
}
