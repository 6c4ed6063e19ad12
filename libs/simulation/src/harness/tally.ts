import type { Outcome, Row } from './row.js';
import { SimulationError } from '../simulation-error.js';

/** What is counted of one output. */
export interface OutputSums {
  /** Replicates in which the output was not null. */
  count: number;
  sum: number;
  squares: number;
  /** Values in the order of replicates; empty unless the row collects them. */
  values: number[];
}

/** The counts of some replicates of a row, in the order of its outputs; plain data, so that threads can send it. */
export interface Tallied {
  replicates: number;
  outputs: OutputSums[];
}

/** An empty count for a row. */
export function emptyTally(row: Pick<Row, 'outputs'>): Tallied {
  return { replicates: 0, outputs: row.outputs.map(() => ({ count: 0, sum: 0, squares: 0, values: [] })) };
}

/** Counts one replicate. A NaN or an infinity is a defect, not a figure. */
export function count(into: Tallied, row: Pick<Row, 'name' | 'outputs' | 'collect'>, outcome: Outcome): void {
  if (outcome.length !== row.outputs.length)
    throw new SimulationError(
      `row "${row.name}" returned ${outcome.length} of ${row.outputs.length} outputs`,
    );
  into.replicates++;
  row.outputs.forEach((name, i) => {
    const value = outcome[i]!;
    if (value === null) return;
    if (!Number.isFinite(value))
      throw new SimulationError(`row "${row.name}" returned ${value} as "${name}"`);
    const output = into.outputs[i]!;
    output.count++;
    output.sum += value;
    output.squares += value * value;
    if (row.collect?.includes(name)) output.values.push(value);
  });
}

/** Two counts together; merge chunks in their order, so that rounding is the same however threads took turns. */
export function mergeTallies(a: Tallied, b: Tallied): Tallied {
  return {
    replicates: a.replicates + b.replicates,
    outputs: a.outputs.map((left, i) => {
      const right = b.outputs[i]!;
      return {
        count: left.count + right.count,
        sum: left.sum + right.sum,
        squares: left.squares + right.squares,
        values: left.values.concat(right.values),
      };
    }),
  };
}

/** What a judge reads: figures of a row's outputs by name. */
export class Tally {
  constructor(
    private readonly names: readonly string[],
    private readonly tallied: Tallied,
  ) {}

  get replicates(): number {
    return this.tallied.replicates;
  }

  /** In how many replicates the output was not null. */
  count(name: string): number {
    return this.of(name).count;
  }

  sum(name: string): number {
    return this.of(name).sum;
  }

  /** Mean over the replicates in which the output was not null; for 0/1 outputs the rate. */
  mean(name: string): number {
    const { sum, count } = this.of(name);
    if (count === 0) throw new SimulationError(`no replicate returned "${name}"`);
    return sum / count;
  }

  /** Standard deviation between replicates; 0 below two. */
  sd(name: string): number {
    const { sum, squares, count } = this.of(name);
    if (count < 2) return 0;
    return Math.sqrt(Math.max(0, squares - (sum * sum) / count) / (count - 1));
  }

  /** Monte-Carlo standard error of `mean`. */
  error(name: string): number {
    return this.sd(name) / Math.sqrt(this.count(name));
  }

  /** Quantile of the values; the row must collect them. Infinity is not a value: return a large number for "never". */
  quantile(name: string, share: number): number {
    const values = [...this.of(name).values].sort((a, b) => a - b);
    if (values.length === 0) throw new SimulationError(`no values of "${name}" were kept`);
    return values[Math.min(values.length - 1, Math.floor(share * values.length))]!;
  }

  median(name: string): number {
    return this.quantile(name, 0.5);
  }

  private of(name: string): OutputSums {
    const output = this.tallied.outputs[this.names.indexOf(name)];
    if (!output) throw new SimulationError(`there is no output "${name}"`);
    return output;
  }
}
