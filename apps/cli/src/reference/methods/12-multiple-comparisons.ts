import * as stats from '@app/stats';
import type { Input } from './method.js';

const ADJUSTMENTS: readonly stats.AdjustMethod[] = [
  'bonferroni',
  'sidak',
  'holm',
  'holmSidak',
  'hochberg',
  'hommel',
  'bh',
  'by',
];

/** Corrections for many comparisons, file 12. */
export function multipleComparisons(input: Input): unknown {
  const { kind, alpha } = input as { kind: string; alpha: number };
  if (kind === 'adjust') {
    const { p } = input as { p: number[] };
    const adjusted = Object.fromEntries(
      ADJUSTMENTS.map((method) => [method, stats.adjustPValues(p, method)]),
    );
    const reject = Object.fromEntries(
      Object.entries(adjusted).map(([method, values]) => [method, values.map((value) => value <= alpha)]),
    );
    return { adjusted, reject };
  }
  if (kind === 'ebh') {
    const e = (input as { e: Array<number | string> }).e.map(Number);
    return { ...stats.ebh(e, alpha), eBonferroni: stats.eBonferroni(e, alpha) };
  }
  if (kind === 'dunnett') {
    const [control, ...treatments] = (input as { groups: number[][] }).groups.map(stats.momentsOf);
    return stats.dunnettTest(control!, treatments, alpha);
  }
  return kind === 'combineSequential' ? { e: stats.pToE((input as { p: number }).p) } : undefined;
}
