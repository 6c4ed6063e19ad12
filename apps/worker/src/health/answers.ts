import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { LoopHealth } from '../loop/worker-loop.js';

/** A round that takes longer hangs, most likely on a database that no longer answers. */
const HANGING_SECONDS = 120;

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/**
 * `/health/live`: the process answers. `/health/ready`: it counts and runs what is due, as far as the last round tells,
 * and does not hang in one. `/metrics`: the same in figures, for Prometheus.
 */
export function answers(health: () => LoopHealth): (url: string) => Promise<Answer> {
  const registry = registryOf(health);
  return async (url) => {
    switch (url.split('?')[0]) {
      case '/health/live':
        return json(200, { status: 'live' });
      case '/health/ready': {
        const now = health();
        const ready = isReady(now);
        return json(ready ? 200 : 503, { status: ready ? 'ready' : 'not-ready', ...now });
      }
      case '/metrics':
        return { status: 200, type: registry.contentType, body: await registry.metrics() };
      default:
        return json(404, { status: 'unknown' });
    }
  };
}

function isReady({ rounds, failures, busySeconds }: LoopHealth): boolean {
  return rounds > 0 && failures === 0 && busySeconds < HANGING_SECONDS;
}

function json(status: number, body: unknown): Answer {
  return { status, type: 'application/json', body: JSON.stringify(body) };
}

function registryOf(health: () => LoopHealth): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, read: (now: LoopHealth) => number): void => {
    new Gauge({
      name: `contender_worker_${name}`,
      help,
      registers: [registry],
      collect(): void {
        this.set(read(health()));
      },
    });
  };
  gauge('ready', 'Whether it counts events and runs what is due: 1 or 0.', (now) => Number(isReady(now)));
  gauge('rounds', 'Rounds of work that ended well, since the start.', ({ rounds }) => rounds);
  gauge('failures_in_a_row', 'Rounds that failed since the last good one.', ({ failures }) => failures);
  gauge('busy_seconds', 'How long the round under way has taken so far.', ({ busySeconds }) => busySeconds);
  return registry;
}
