import type { Look } from '@app/analysis';
import type { ArmSummary, Comparison, MetricComparison } from '@app/stats';
import { valueOf } from './results-view.js';

type Cell = string | number | boolean | null | undefined;

interface Line {
  readonly look: Look;
  readonly comparison: Comparison;
  readonly metric: MetricComparison;
  readonly control: ArmSummary | undefined;
  readonly treatment: ArmSummary | undefined;
}

const COLUMNS: ReadonlyArray<readonly [name: string, cell: (line: Line) => Cell]> = [
  ['look', ({ look }) => look.number],
  ['at', ({ look }) => look.at.toISOString()],
  ['control', ({ comparison }) => comparison.control],
  ['treatment', ({ comparison }) => comparison.treatment],
  ['verdict', ({ comparison }) => comparison.verdict],
  ['metric', ({ metric }) => metric.metric],
  ['role', ({ metric }) => metric.role],
  ['outcome', ({ metric }) => metric.outcome],
  ['control_n', ({ control }) => control?.n],
  ['control_value', ({ control }) => control && valueOf(control)],
  ['control_sd', ({ control }) => control?.sd],
  ['treatment_n', ({ treatment }) => treatment?.n],
  ['treatment_value', ({ treatment }) => treatment && valueOf(treatment)],
  ['treatment_sd', ({ treatment }) => treatment?.sd],
  ['difference', ({ metric }) => metric.difference],
  ['se', ({ metric }) => metric.se],
  ['interval95_lower', ({ metric }) => metric.interval95?.lower],
  ['interval95_upper', ({ metric }) => metric.interval95?.upper],
  ['lift', ({ metric }) => metric.lift],
  ['lift_lower', ({ metric }) => metric.sequential.lift?.lower],
  ['lift_upper', ({ metric }) => metric.sequential.lift?.upper],
  ['level', ({ metric }) => metric.sequential.level],
  ['p', ({ metric }) => metric.sequential.p],
  ['adjusted_p', ({ metric }) => metric.adjustedP],
  ['burn_in', ({ metric }) => metric.sequential.burnIn],
];

/** A look as CSV (RFC 4180): a header, then one line per comparison and metric. */
export function resultsCsv(look: Look): string {
  const lines = look.result.comparisons.flatMap((comparison) =>
    comparison.metrics.map((metric) => {
      const arms = look.result.summaries[metric.metric];
      const line: Line = {
        look,
        comparison,
        metric,
        control: arms?.[comparison.control],
        treatment: arms?.[comparison.treatment],
      };
      return COLUMNS.map(([, cell]) => text(cell(line))).join(',');
    }),
  );
  return `${[COLUMNS.map(([name]) => name).join(','), ...lines].join('\r\n')}\r\n`;
}

/** Quoted where needed; a text that a spreadsheet would run as a formula is kept a text. */
function text(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell !== 'string') return String(cell);
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
