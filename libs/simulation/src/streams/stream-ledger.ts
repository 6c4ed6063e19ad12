import type { MetricPlan } from '@app/stats';
import { replayReplicate, type ReplicateOutcome } from './replay-replicate.js';
import { contradiction, controlOf, metricPlanOf, unitsOf, type StreamLine } from './stream-replicate.js';
import { summariseStream, type StreamSummary } from './stream-summary.js';
import { SimulationError } from '../simulation-error.js';

interface MetricLedger {
  readonly plan: MetricPlan;
  readonly seen: Set<string>;
  /** By treatment. */
  readonly outcomes: Map<string, ReplicateOutcome[]>;
}

/** One metric in one comparison of the streams. */
export interface StreamResult extends StreamSummary {
  readonly metric: string;
  readonly kind: MetricPlan['kind'];
  readonly treatment: string;
}

/** Takes replicates one after the other and keeps what is needed of them: memory grows by their number, not by units. */
export class StreamLedger {
  private readonly metrics = new Map<string, MetricLedger>();

  /** @param nStar planned units of every comparison */
  constructor(private readonly nStar: number) {}

  /**
   * All lines of one replicate in one file.
   *
   * @throws SimulationError an arm alone, a replicate twice, a unit in two arms, values unlike the first replicate's
   */
  add(replicate: string, lines: readonly StreamLine[]): void {
    for (const [metric, ofMetric] of byMetric(lines)) {
      const where = `metric "${metric}" of replicate "${replicate}"`;
      const arms = new Set(ofMetric.map(({ arm }) => arm));
      if (arms.size < 2) throw new SimulationError(`${where} has one arm only`);
      const units = unitsOf(ofMetric);
      const ledger = this.ledgerOf(metric, () => metricPlanOf(units));
      if (ledger.seen.has(replicate))
        throw new SimulationError(`${where} comes twice; keep its lines together`);
      ledger.seen.add(replicate);
      const wrong = contradiction(ledger.plan, units);
      if (wrong !== null) throw new SimulationError(`${where} ${wrong}`);
      const control = controlOf(arms);
      for (const treatment of [...arms].filter((arm) => arm !== control).sort()) {
        const outcomes = ledger.outcomes.get(treatment) ?? [];
        outcomes.push(replayReplicate(ledger.plan, units, { control, treatment, nStar: this.nStar }));
        ledger.outcomes.set(treatment, outcomes);
      }
    }
  }

  results(): StreamResult[] {
    return [...this.metrics].flatMap(([metric, { plan, outcomes }]) =>
      [...outcomes].map(([treatment, of]) => ({
        metric,
        kind: plan.kind,
        treatment,
        ...summariseStream(of),
      })),
    );
  }

  private ledgerOf(metric: string, plan: () => MetricPlan): MetricLedger {
    let ledger = this.metrics.get(metric);
    if (!ledger) {
      ledger = { plan: plan(), seen: new Set(), outcomes: new Map() };
      this.metrics.set(metric, ledger);
    }
    return ledger;
  }
}

function byMetric(lines: readonly StreamLine[]): Map<string, StreamLine[]> {
  const groups = new Map<string, StreamLine[]>();
  for (const line of lines) {
    const group = groups.get(line.metric);
    if (group) group.push(line);
    else groups.set(line.metric, [line]);
  }
  return groups;
}
