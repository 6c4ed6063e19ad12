import { Injectable } from '@nestjs/common';
import type { RequestHandler } from 'express';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';

/** What Prometheus reads: the process's own figures and how long requests took, by route and status. */
@Injectable()
export class Monitoring {
  readonly registry = new Registry();

  private readonly durations = new Histogram({
    name: 'contender_control_request_seconds',
    help: 'Time to answer a request, by method, route and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /** The route's pattern, never its path: a label per experiment would grow without end. */
  readonly observe: RequestHandler = (request, response, next) => {
    const stop = this.durations.startTimer({ method: request.method });
    response.once('finish', () => {
      const route = (request.route as { path?: unknown } | undefined)?.path;
      stop({ route: typeof route === 'string' ? route : 'unknown', status: response.statusCode });
    });
    next();
  };
}
