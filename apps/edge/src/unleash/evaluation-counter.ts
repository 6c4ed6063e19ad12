import type { CompiledRuleset } from '@app/bucketing';
import { ROLLOUT_VARIANTS } from '@app/bucketing';
import { type EvaluationCounts, isUnavailable } from '@app/events';
import type { Clock } from '@app/kernel';
import type { UnleashCounts } from '@app/wire';
import { log, wordsOf } from '../log.js';
import type { Monitoring } from '../monitoring/monitoring.js';

const HOUR_MS = 3_600_000;
const FLUSH_MS = 10_000;
/** Rows waiting while the database is away; more are only in /metrics. */
const MOST_WAITING = 10_000;

/** What the rules have no arm of: an SDK that evaluates other rules than ours, or older ones. */
const OTHER = 'other';
/** Answers that are no arms: the champion, a holdout's, and what an SDK says of a toggle that is off. */
const BESIDE_ARMS = ['champion', 'holdout', 'disabled'];

interface Waiting {
  readonly environment: string;
  readonly task: string;
  readonly variant: string;
  readonly hourMs: number;
  yes: number;
  no: number;
}

/**
 * Adds up what SDKs say they evaluated, by task, arm and hour: a cross-check of the exposures, since an arm that is
 * evaluated often and never exposed is measured nowhere. Sums of many units, so never evidence; a crash may lose the
 * last seconds of them.
 */
export class EvaluationCounter {
  private readonly waiting = new Map<string, Waiting>();
  private timer: NodeJS.Timeout | null = null;
  private flushing: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: EvaluationCounts,
    private readonly clock: Clock,
    private readonly monitoring: Pick<Monitoring, 'evaluations'>,
  ) {}

  /** Counts of one toggle; a toggle that is no task of ours is counted as such and not kept. */
  count(environment: string, { tasks }: CompiledRuleset, toggle: string, counts: UnleashCounts): void {
    const task = tasks.get(toggle);
    if (!task) {
      this.monitoring.evaluations.inc({ environment, task: OTHER, variant: OTHER });
      return;
    }
    const arms = new Set([
      ...BESIDE_ARMS,
      ...(task.rollout ? ROLLOUT_VARIANTS : []),
      ...task.experiments.flatMap(({ variants }) => variants.map(({ key }) => key)),
    ]);
    const hourMs = Math.floor(this.clock.now().getTime() / HOUR_MS) * HOUR_MS;
    const told = { environment, task: toggle, hourMs };
    this.add({ ...told, variant: '', yes: counts.yes ?? 0, no: counts.no ?? 0 });
    for (const [name, times] of Object.entries(counts.variants ?? {})) {
      const variant = arms.has(name) ? name : OTHER;
      this.add({ ...told, variant, yes: times, no: 0 });
      this.monitoring.evaluations.inc({ environment, task: toggle, variant }, times);
    }
  }

  /** Keeps what waits; what cannot be kept now waits on, what cannot be kept at all is dropped. */
  flush(): Promise<void> {
    this.flushing = this.flushing.then(() => this.keep());
    return this.flushing;
  }

  async close(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    await this.flush();
  }

  private add({ environment, task, variant, hourMs, yes, no }: Readonly<Waiting>): void {
    if (yes === 0 && no === 0) return;
    const key = JSON.stringify([environment, task, variant, hourMs]);
    const row = this.waiting.get(key);
    if (row) {
      row.yes += yes;
      row.no += no;
    } else if (this.waiting.size < MOST_WAITING) {
      this.waiting.set(key, { environment, task, variant, hourMs, yes, no });
    }
    this.timer ??= setTimeout(() => {
      this.timer = null;
      void this.flush();
    }, FLUSH_MS).unref();
  }

  private async keep(): Promise<void> {
    const rows = [...this.waiting.values()];
    if (rows.length === 0) return;
    this.waiting.clear();
    try {
      await this.store.add(rows.map(({ hourMs, ...row }) => ({ ...row, hour: new Date(hourMs) })));
    } catch (error) {
      const reason = wordsOf(error);
      if (isUnavailable((error as { cause?: unknown }).cause ?? error)) {
        log('warn', 'evaluation counts cannot be kept now and wait', { reason });
        for (const row of rows) this.add(row);
      } else {
        log('error', 'evaluation counts cannot be kept and are dropped', { rows: rows.length, reason });
      }
    }
  }
}
