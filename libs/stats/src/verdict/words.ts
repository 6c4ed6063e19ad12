import type { Amount, MetricPlan } from './types.js';

/** A share as a percentage with at most two decimals. */
export function percent(share: number): string {
  return `${trim(share * 100, 2)} %`;
}

/** A p-value: three significant digits, or a bound when it is tiny. */
export function pText(p: number): string {
  if (p < 1e-6) return '< 0.000001';
  return p < 0.001 ? p.toFixed(6).replace(/0+$/, '') : String(Number(p.toPrecision(3)));
}

/** A whole number with thin grouping, as people read it. */
export function count(n: number): string {
  return Math.ceil(n)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

/** The size of a difference in words: points for shares, the metric's own unit otherwise. */
export function sizeText(metric: MetricPlan, difference: number): string {
  const size = Math.abs(difference);
  if (metric.kind !== 'proportion') return String(Number(size.toPrecision(3)));
  const points = trim(size * 100, size < 0.01 ? 2 : 1);
  return `${points} ${points === '1' ? 'point' : 'points'}`;
}

/** An amount as declared: "2 points", "5 % of the control", "0.4". */
export function amountText(metric: MetricPlan, amount: Amount): string {
  return amount.type === 'relative'
    ? `${percent(amount.value)} of the control's value`
    : sizeText(metric, amount.value);
}

/** How sure a level makes one: "99 %", "99.5 %". */
export function sureText(alpha: number): string {
  return `${trim((1 - alpha) * 100, 3)} %`;
}

/** Names in a sentence: "a", "a and b", "a, b and c". */
export function list(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

function trim(value: number, decimals: number): string {
  return String(Number(value.toFixed(decimals)));
}
