import type { Comparison, MetricComparison } from '@app/stats';
import { describeMetric } from '../replay/progress.js';
import type { ReplayProgress } from '../replay/replay.js';
import type { ReplayPlan } from '../replay/dataset.js';

const WIDTH = 92;

/** Prints the demo's stories for a person at a terminal. */
export class StoryTeller {
  constructor(private readonly write: (line: string) => void) {}

  title(text: string): void {
    this.write('');
    this.write('═'.repeat(WIDTH));
    this.write(text);
    this.write('═'.repeat(WIDTH));
  }

  heading(text: string): void {
    this.write('');
    this.write(`── ${text} ${'─'.repeat(Math.max(0, WIDTH - text.length - 4))}`);
  }

  line(text = ''): void {
    this.write(text);
  }

  plan(plan: ReplayPlan): void {
    const { experiment } = plan;
    const share = Number(experiment['trafficShare'] ?? 1);
    const weights = experiment.variants.reduce((sum, variant) => sum + variant.weight, 0);
    this.heading('The experiment');
    this.write(
      `  key         ${experiment.key} (task ${plan.task.key}, one ${plan.task.unitType} = one unit)`,
    );
    this.write(`  hypothesis  ${String(experiment['hypothesis'])}`);
    this.write(`  traffic     ${percentOf(share)} of the task's units take part`);
    for (const variant of experiment.variants) {
      const role = variant.control ? 'control' : 'challenger';
      this.write(
        `  ${role.padEnd(10)}  ${variant.key}, ${percentOf((share * variant.weight) / weights)} of all units`,
      );
    }
    for (const metric of experiment['metrics'] as ReadonlyArray<Record<string, unknown>>) {
      this.write(`  ${String(metric['role']).padEnd(11)} ${describeRole(metric)}`);
    }
  }

  step(progress: ReplayProgress): void {
    if (!progress.results) return;
    const day = `  day ${String(progress.day).padStart(2)}`;
    for (const comparison of progress.results.comparisons) {
      const figures = comparison.metrics
        .filter((metric) => metric.role !== 'exploratory')
        .map(describeMetric);
      this.write(`${day}  ${comparison.verdict.padEnd(14)}  ${figures.join('   ')}`);
    }
  }

  verdict(comparison: Comparison): void {
    this.heading(`The verdict on ${comparison.treatment}: ${comparison.verdict}`);
    for (const reason of comparison.reasons) this.write(wrap(reason.message, '  '));
    for (const metric of comparison.metrics) this.write(`  ${figuresOf(metric)}`);
  }
}

function describeRole(metric: Record<string, unknown>): string {
  const amount = (metric['mde'] ?? metric['margin']) as { value: number; type: string } | undefined;
  if (!amount) return String(metric['metric']);
  const size = amount.type === 'relative' ? percentOf(amount.value) : `${amount.value} absolute`;
  return `${String(metric['metric'])} (${metric['mde'] ? 'smallest effect worth having' : 'largest loss allowed'}: ${size})`;
}

function figuresOf(metric: MetricComparison): string {
  return `${metric.role.padEnd(11)} ${describeMetric(metric)} — ${metric.outcome}`;
}

/** A share as a percentage without needless digits. */
export function percentOf(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}

/** Breaks a sentence at the terminal's width. */
export function wrap(text: string, indent: string): string {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(' ')) {
    if (line.length + word.length + 1 > WIDTH && line.trim() !== '') {
      lines.push(line);
      line = indent;
    }
    line += line.trim() === '' ? word : ` ${word}`;
  }
  return [...lines, line].join('\n');
}
