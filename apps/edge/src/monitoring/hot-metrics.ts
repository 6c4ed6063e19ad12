import { Counter, type Metric, type Registry } from 'prom-client';

/*
 * Counts of hot paths. prom-client checks and hashes the labels at every count, which costs about as much as a decision;
 * these keep plain numbers and are put into its words when somebody reads them.
 */

/** Answers counted by environment and one more label. */
export class HotCounter {
  private readonly counts = new Map<string, Map<string, { waiting: number }>>();

  constructor(options: { name: string; help: string; label: string; registry: Registry }) {
    const { counts } = this;
    const { name, help, label, registry } = options;
    new Counter({
      name,
      help,
      labelNames: ['environment', label],
      registers: [registry],
      collect(): void {
        for (const [environment, byValue] of counts) {
          for (const [value, count] of byValue) {
            this.inc({ environment, [label]: value }, count.waiting);
            count.waiting = 0;
          }
        }
      },
    });
  }

  inc(environment: string, value: string): void {
    let byValue = this.counts.get(environment);
    if (byValue === undefined) this.counts.set(environment, (byValue = new Map()));
    const count = byValue.get(value);
    if (count === undefined) byValue.set(value, { waiting: 1 });
    else count.waiting += 1;
  }
}

interface Durations {
  readonly labels: { readonly route: string; readonly status: number };
  /** One for each bound and the last for what is beyond all. */
  readonly counts: number[];
  count: number;
  sum: number;
}

/** How long answers took, by route and status. */
export class HotHistogram {
  private readonly routes = new Map<string, Map<number, Durations>>();

  constructor(
    private readonly options: {
      readonly name: string;
      readonly help: string;
      /** Upper bounds in seconds, ascending. */
      readonly bounds: readonly number[];
      readonly registry: Registry;
    },
  ) {
    const { name, help, registry } = options;
    const metric = {
      name,
      help,
      type: 'histogram',
      aggregator: 'sum',
      get: () => this.read(),
      reset: () => this.routes.clear(),
    };
    registry.registerMetric(metric as unknown as Metric);
  }

  observe(route: string, status: number, seconds: number): void {
    const durations = this.durationsOf(route, status);
    const { bounds } = this.options;
    let place = 0;
    while (place < bounds.length && seconds > bounds[place]!) place += 1;
    durations.counts[place]! += 1;
    durations.count += 1;
    durations.sum += seconds;
  }

  private durationsOf(route: string, status: number): Durations {
    let byStatus = this.routes.get(route);
    if (byStatus === undefined) this.routes.set(route, (byStatus = new Map()));
    let durations = byStatus.get(status);
    if (durations === undefined) {
      const counts = new Array<number>(this.options.bounds.length + 1).fill(0);
      byStatus.set(status, (durations = { labels: { route, status }, counts, count: 0, sum: 0 }));
    }
    return durations;
  }

  /** In the shape in which prom-client reads its own. */
  private async read(): Promise<unknown> {
    const { name, help, bounds } = this.options;
    const all = [...this.routes.values()].flatMap((byStatus) => [...byStatus.values()]);
    const values = all.flatMap(({ labels, counts, count, sum }) => {
      let below = 0;
      const buckets = [...bounds, '+Inf'].map((le, place) => {
        below += counts[place]!;
        return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: below };
      });
      return [
        ...buckets,
        { metricName: `${name}_sum`, labels, value: sum },
        { metricName: `${name}_count`, labels, value: count },
      ];
    });
    return { name, help, type: 'histogram', aggregator: 'sum', values };
  }
}
