import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { HotCounter, HotHistogram } from './hot-metrics.js';

export interface Observed {
  versions(): ReadonlyMap<string, number>;
  confirmedAgeSeconds(): number | null;
  pendingExposures(): number;
  spoolBytes(): number;
  storeAway(): boolean;
}

/** What Prometheus reads from the data plane. */
export class Monitoring {
  readonly registry = new Registry();

  /** Time to answer a request: from its head to the moment its answer is handed to the connection. */
  readonly durations = new HotHistogram({
    name: 'contender_edge_request_seconds',
    help: 'Time to answer a request, by route and status.',
    bounds: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registry: this.registry,
  });

  readonly decisions = new HotCounter({
    name: 'contender_edge_decisions_total',
    help: 'Decisions given, by environment and reason.',
    label: 'reason',
    registry: this.registry,
  });

  readonly events = new Counter({
    name: 'contender_edge_events_total',
    help: 'Events received, by environment and what became of them: accepted, duplicate, spooled or the code of the rejection.',
    labelNames: ['environment', 'result'],
    registers: [this.registry],
  });

  readonly exposures = new Counter({
    name: 'contender_edge_exposures_total',
    help: 'Exposures of own answers: recorded, or dropped because neither the database nor the spool could take them.',
    labelNames: ['result'],
    registers: [this.registry],
  });

  readonly drained = new Counter({
    name: 'contender_edge_spool_drained_total',
    help: 'Events brought from the spool into the database, by what became of them; refused ones are in refused_events.',
    labelNames: ['result'],
    registers: [this.registry],
  });

  readonly spoolDamage = new Counter({
    name: 'contender_edge_spool_damage_total',
    help: 'Places in the spool that could not be read.',
    registers: [this.registry],
  });

  readonly evaluations = new Counter({
    name: 'contender_edge_sdk_evaluations_total',
    help: 'Evaluations that Unleash SDKs say they made on their own, by task and arm; other: a name our rules do not have.',
    labelNames: ['environment', 'task', 'variant'],
    registers: [this.registry],
  });

  readonly impactSamples = new Counter({
    name: 'contender_edge_impact_samples_total',
    help: 'Samples of impact metrics: taken as outcomes, rejected, or unmapped because they name no unit.',
    labelNames: ['environment', 'result'],
    registers: [this.registry],
  });

  constructor(observed: () => Observed) {
    collectDefaultMetrics({ register: this.registry });
    new Gauge({
      name: 'contender_edge_ruleset_version',
      help: 'Version of the ruleset in force.',
      labelNames: ['environment'],
      registers: [this.registry],
      collect(): void {
        for (const [environment, version] of observed().versions()) this.set({ environment }, version);
      },
    });
    new Gauge({
      name: 'contender_edge_ruleset_unconfirmed_seconds',
      help: 'Time since the database last confirmed that the rulesets are the newest.',
      registers: [this.registry],
      collect(): void {
        this.set(observed().confirmedAgeSeconds() ?? Number.NaN);
      },
    });
    new Gauge({
      name: 'contender_edge_spool_bytes',
      help: 'Bytes of events on local disk that wait for the database.',
      registers: [this.registry],
      collect(): void {
        this.set(observed().spoolBytes());
      },
    });
    new Gauge({
      name: 'contender_edge_store_away',
      help: '1 while events go to the spool because the database is away.',
      registers: [this.registry],
      collect(): void {
        this.set(observed().storeAway() ? 1 : 0);
      },
    });
    new Gauge({
      name: 'contender_edge_exposures_pending',
      help: 'Exposures waiting to be stored.',
      registers: [this.registry],
      collect(): void {
        this.set(observed().pendingExposures());
      },
    });
  }
}
