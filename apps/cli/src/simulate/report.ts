import { shown } from '@app/simulation';
import type { RowResult } from './run-bars.js';

/** One line per run of a row: bar, row, figures, band, replicates, seconds, pass or FAIL. */
export function linesOf(result: RowResult): string[] {
  const head = `${result.bar.padEnd(4)} ${result.row.padEnd(58)}`;
  const lines = result.runs.map(({ judgement, replicates, seed }, i) => {
    const figures = Object.entries(judgement.figures).map(([name, value]) => `${name} ${shown(value)}`);
    const last = i === result.runs.length - 1 && result.error === undefined;
    const end = judgement.pass ? 'pass' : last ? 'FAIL' : 'outside; once more at 4 × R, another seed';
    const seconds = last ? `  ${result.seconds.toFixed(1)} s` : '';
    return `${head}  ${figures.join(', ')}  [${judgement.band}]  R ${replicates}  seed ${seed}${seconds}  ${end}`;
  });
  return result.error === undefined ? lines : [...lines, `${head}  FAIL: ${result.error}`];
}

/** The last line: how many rows passed. */
export function totalLine(results: readonly RowResult[], seconds: number): string {
  const failed = results.filter(({ pass }) => !pass);
  const names = failed.map(({ bar, row }) => `\n  ${bar}  ${row}`).join('');
  return `${results.length - failed.length} of ${results.length} rows passed in ${seconds.toFixed(0)} s${names && `; failed:${names}`}`;
}
