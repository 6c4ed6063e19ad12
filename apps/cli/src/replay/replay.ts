import { createHash } from 'node:crypto';
import { ApiError } from '../client/api-client.js';
import type { Instance } from '../client/instance.js';
import type { ExperimentResults } from '../client/results.js';
import type { Dataset, OutcomeRow, ReplayPlan, UnitRow } from './dataset.js';

const DAY_MS = 86_400_000;
const BATCH = 2_000;

/** What a step of a replay tells the person watching. */
export interface ReplayProgress {
  readonly day: number;
  readonly days: number;
  readonly now: Date;
  readonly sent: number;
  readonly total: number;
  readonly results: ExperimentResults | null;
}

interface Assignment {
  readonly variant: string | null;
  readonly assignmentId: string | null;
  readonly experiment?: string | null;
}

/** What a replay learnt besides the results. */
export interface ReplayOutcome {
  readonly results: ExperimentResults;
  /** Units that a second question gave another arm: always empty, or assignment is broken. */
  readonly reassigned: readonly string[];
}

/** First virtual instant of a dataset: its first `at`. */
export function firstInstant(dataset: Dataset): Date {
  return new Date(minOf(dataset.units));
}

function minOf(units: readonly UnitRow[]): number {
  return units.reduce((least, row) => Math.min(least, Date.parse(row.at)), Infinity);
}

/**
 * Sends a dataset through an instance over HTTP, day by virtual day with one look a day, and answers the last look.
 *
 * With `platform` assignment Contender is asked for each unit's arm and only that arm's outcomes are sent; with
 * `given` the exposures carry the variant.
 */
export class Replay {
  private readonly assignments = new Map<string, Assignment>();
  /** Attributes of each unit as first sent: an audience is judged by them whenever the unit is asked about. */
  private readonly attributes: ReadonlyMap<string, UnitRow['attributes']>;

  constructor(
    private readonly instance: Instance,
    private readonly dataset: Dataset,
    private readonly report: (progress: ReplayProgress) => void,
  ) {
    this.attributes = new Map(dataset.units.toReversed().map((row) => [row.unit, row.attributes]));
  }

  async run(): Promise<ReplayOutcome> {
    await this.setUp();
    const steps = this.steps();
    const total = this.dataset.units.length + this.dataset.outcomes.length;
    let sent = 0;
    for (const [day, step] of steps.entries()) {
      await this.instance.moveTo(step.now);
      await this.send(step.units, (row) => this.exposureEvent(row));
      await this.send(step.outcomes, (row) => this.outcomeEvent(row));
      sent += step.units.length + step.outcomes.length;
      await this.instance.settle();
      const results = day === 0 ? null : await this.results();
      this.report({ day, days: steps.length - 1, now: step.now, sent, total, results });
    }
    const results = await this.results();
    if (!results) throw new Error('the replay ended without a look');
    return { results, reassigned: await this.askAgain() };
  }

  private get experiment(): string {
    return this.dataset.plan.experiment.key;
  }

  private async setUp(): Promise<void> {
    const { plan } = this.dataset;
    const { control } = this.instance;
    for (const model of plan.models) await control.post('/api/v1/models', model);
    await control.post('/api/v1/tasks', { ...plan.task, name: plan.task.key });
    for (const metric of plan.metrics) await control.post('/api/v1/metrics', { name: metric.key, ...metric });
    const champion = plan.experiment.variants.find((variant) => variant.control);
    await control.put(`/api/v1/tasks/${encodeURIComponent(plan.task.key)}/champion`, {
      environment: plan.experiment.environment ?? 'production',
      model: champion?.model,
    });
    await control.post('/api/v1/experiments', { name: plan.experiment.key, ...plan.experiment });
    await control.post(`/api/v1/experiments/${encodeURIComponent(this.experiment)}/start`);
  }

  /** Rows by the virtual day on which they are sent: step 0 is the first instant itself. */
  private steps(): Array<{ now: Date; units: UnitRow[]; outcomes: OutcomeRow[] }> {
    const start = minOf(this.dataset.units);
    const stepOf = (row: { sentMs: number }): number => Math.max(0, Math.ceil((row.sentMs - start) / DAY_MS));
    let last = 1;
    for (const row of [...this.dataset.units, ...this.dataset.outcomes]) last = Math.max(last, stepOf(row));
    // A unit counts once its window has closed, so the last look waits for the last window.
    last = Math.max(last, stepOf({ sentMs: this.lastExposure() + longestWindowMs(this.dataset.plan) }));
    const steps = Array.from({ length: last + 1 }, (_, day) => ({
      now: new Date(start + day * DAY_MS),
      units: [] as UnitRow[],
      outcomes: [] as OutcomeRow[],
    }));
    for (const row of this.dataset.units) steps[stepOf(row)]!.units.push(row);
    for (const row of this.dataset.outcomes) steps[stepOf(row)]!.outcomes.push(row);
    return steps;
  }

  private lastExposure(): number {
    return this.dataset.units.reduce((latest, row) => Math.max(latest, Date.parse(row.at)), -Infinity);
  }

  private async send<Row>(
    rows: readonly Row[],
    toEvent: (row: Row) => Promise<object | null>,
  ): Promise<void> {
    for (let from = 0; from < rows.length; from += BATCH) {
      const events: object[] = [];
      for (const row of rows.slice(from, from + BATCH)) {
        const event = await toEvent(row);
        if (event) events.push(event);
      }
      if (events.length === 0) continue;
      const answer = await this.instance.edge.post<{
        rejected: Array<{ index: number; code: string; message: string }>;
      }>('/api/v1/events', { events });
      const refused = answer.rejected[0];
      if (refused) {
        throw new ApiError(
          400,
          refused.code,
          `${refused.message} (event ${JSON.stringify(events[refused.index])})`,
        );
      }
    }
  }

  /** Null for a unit outside the experiment's traffic: the champion answers it and nothing is exposed. */
  private async exposureEvent(row: UnitRow): Promise<object | null> {
    const assigned = this.dataset.plan.assignment === 'platform' ? await this.assign(row.unit) : null;
    if (assigned && assigned.experiment !== this.experiment) return null;
    return {
      id: exposureEventId(row),
      type: 'exposure',
      task: this.dataset.plan.task.key,
      unit: row.unit,
      at: row.at,
      experiment: this.experiment,
      variant: assigned ? assigned.variant : row.variant,
      ...(assigned ? { assignmentId: assigned.assignmentId } : {}),
      ...(Object.keys(row.attributes).length > 0 ? { attributes: row.attributes } : {}),
    };
  }

  private async outcomeEvent(row: OutcomeRow): Promise<object | null> {
    if (this.dataset.plan.assignment === 'platform' && row.variant !== null) {
      const assigned = await this.assign(row.unit);
      if (assigned.experiment !== this.experiment || assigned.variant !== row.variant) return null;
    }
    return {
      id: row.id,
      type: 'outcome',
      task: this.dataset.plan.task.key,
      unit: row.unit,
      at: row.at,
      metric: row.metric,
      value: row.value,
    };
  }

  private async assign(unit: string): Promise<Assignment> {
    const known = this.assignments.get(unit);
    if (known) return known;
    const answer = await this.ask(unit);
    this.assignments.set(unit, answer);
    return answer;
  }

  private async ask(unit: string): Promise<Assignment> {
    const { assignments } = await this.instance.edge.post<{ assignments: Assignment[] }>(
      '/api/v1/assignments',
      {
        unit,
        attributes: this.attributes.get(unit) ?? {},
        tasks: [this.dataset.plan.task.key],
        expose: false,
      },
    );
    const first = assignments[0];
    if (!first) throw new Error(`no assignment came back for unit ${unit}`);
    return first;
  }

  /** Asks for every unit once more: an assignment that depends on anything but the unit shows here. */
  private async askAgain(): Promise<string[]> {
    const moved: string[] = [];
    for (const [unit, before] of this.assignments) {
      const now = await this.ask(unit);
      if (now.variant !== before.variant) moved.push(unit);
    }
    return moved;
  }

  private async results(): Promise<ExperimentResults | null> {
    try {
      return await this.instance.control.get<ExperimentResults>(
        `/api/v1/experiments/${encodeURIComponent(this.experiment)}/results`,
      );
    } catch (error) {
      if (error instanceof ApiError && error.code === 'NO_LOOK_YET') return null;
      throw error;
    }
  }
}

/**
 * One id per row that says something of its own: a repeated row is one event sent twice, a unit seen at the same instant
 * in another arm or with other attributes is another event.
 */
export function exposureEventId(row: UnitRow): string {
  const said = JSON.stringify([row.unit, row.at, row.variant, row.attributes]);
  return `exposure:${createHash('sha256').update(said).digest('hex').slice(0, 32)}`;
}

/** The longest finite window of a plan's metrics, delay included; 0 when none has an end. */
export function longestWindowMs(plan: Pick<ReplayPlan, 'metrics'>): number {
  return plan.metrics.reduce((longest, metric) => {
    const window = metric['window'] as { delay?: number; length?: number | null } | null | undefined;
    return window?.length ? Math.max(longest, ((window.delay ?? 0) + window.length) * 1000) : longest;
  }, 0);
}
