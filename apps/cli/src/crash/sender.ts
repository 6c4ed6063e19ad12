import type { Rng } from '@app/kernel';
import { type ApiClient, ApiError } from '../client/api-client.js';

/** What was acknowledged, as the senders know it. */
export class Ledger {
  readonly ids = new Set<string>();
  /** Sums of values and numbers of units by metric. */
  readonly totals: Record<string, { units: Set<string>; sum: number }> = {};
  acknowledgements = 0;
  spooled = 0;
  repeated = 0;
  retries = 0;

  note(events: readonly SentEvent[]): void {
    this.acknowledgements += 1;
    for (const { id, metric, value, unit } of events) {
      this.ids.add(id);
      if (metric === undefined) continue;
      const total = (this.totals[metric] ??= { units: new Set(), sum: 0 });
      total.units.add(unit);
      total.sum += value!;
    }
  }
}

export interface SentEvent {
  readonly id: string;
  readonly type: 'exposure' | 'outcome';
  readonly unit: string;
  readonly metric?: string;
  readonly value?: number;
  readonly [field: string]: unknown;
}

interface Answer {
  readonly accepted: number;
  readonly duplicates: number;
  readonly spooled?: number;
  readonly rejected: ReadonlyArray<{ code: string; message: string }>;
}

const LARGEST_BATCH = 60;
const RETRY_MS = 30;

/** A calling service: sends batches about fresh units, and each again under the same ids until it is acknowledged. */
export class Sender {
  acknowledged = 0;
  private next = 0;
  private running = false;

  constructor(
    private readonly name: string,
    private readonly edge: ApiClient,
    private readonly ledger: Ledger,
    private readonly rng: Rng,
    /** `told`: says the arms itself. `asked`: asks the edge, and sends outcomes with what it was handed. */
    private readonly kind: 'told' | 'asked',
  ) {}

  stop(): void {
    this.running = false;
  }

  /** @throws Error an answer that no caller could act on */
  async sendUntilStopped(): Promise<void> {
    this.running = true;
    while (this.running) {
      const size = 1 + Math.floor(this.rng.next() ** 2 * LARGEST_BATCH);
      const units = Array.from({ length: size }, () => `${this.name}-${(this.next += 1)}`);
      const events =
        this.kind === 'told' ? units.flatMap((unit) => this.told(unit)) : await this.asked(units);
      await this.deliver(events);
      this.ledger.note(events);
      this.acknowledged += 1;
      if (this.rng.next() < 0.1) {
        this.ledger.repeated += 1;
        await this.deliver(events);
      }
    }
  }

  private told(unit: string): SentEvent[] {
    const at = new Date().toISOString();
    const common = { task: 'told', unit, at };
    const variant = this.rng.next() < 0.5 ? 'old' : 'new';
    const clicks = Array.from({ length: 2 }, (_, n) => ({
      ...common,
      id: `click-${unit}-${n}`,
      type: 'outcome' as const,
      metric: 'clicks',
      value: 1 + Math.floor(this.rng.next() * 5),
    }));
    const good = { ...common, id: `good-${unit}`, type: 'outcome' as const, metric: 'good' };
    return [
      { ...common, id: `exposure-${unit}`, type: 'exposure', experiment: 'told', variant },
      { ...good, value: this.rng.next() < 0.4 ? 1 : 0 },
      ...clicks,
    ];
  }

  private async asked(units: readonly string[]): Promise<SentEvent[]> {
    const events: SentEvent[] = [];
    for (const unit of units.slice(0, 8)) {
      const { assignments } = await this.persist(() =>
        this.edge.post<{ assignments: Array<{ assignmentId: string }> }>('/api/v1/assignments', {
          unit,
          tasks: ['asked'],
        }),
      );
      const { assignmentId } = assignments[0]!;
      const at = new Date().toISOString();
      const value = Math.floor(this.rng.next() * 8) / 8;
      events.push({ id: `solved-${unit}`, type: 'outcome', unit, at, metric: 'solved', value, assignmentId });
    }
    return events;
  }

  private async deliver(events: readonly SentEvent[]): Promise<void> {
    const answer = await this.persist(() => this.edge.post<Answer>('/api/v1/events', { events }));
    const { accepted, duplicates, spooled = 0, rejected } = answer;
    if (rejected.length > 0 || accepted + duplicates + spooled !== events.length) {
      throw new Error(`a batch of ${events.length} was answered with ${JSON.stringify(answer)}`);
    }
    this.ledger.spooled += spooled;
  }

  /** A broken connection, 429 and 503 say "try again"; anything else is a defect. */
  private async persist<T>(call: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await call();
      } catch (error) {
        if (error instanceof ApiError && ![429, 503].includes(error.status)) throw error;
        this.ledger.retries += 1;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }
}
