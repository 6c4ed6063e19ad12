import {
  type UnleashBulkMetricsRequest,
  unleashBulkMetricsSchema,
  type UnleashImpactMetric,
  unleashMetricsSchema,
  type UnleashMetricsRequest,
} from '@app/wire';
import { requireJson } from '../assignments/assignments.route.js';
import type { EdgeClock } from '../edge-clock.js';
import type { EventIntake } from '../events/event-intake.js';
import { mediaTypeOf, parseJson, readBody } from '../http/read-body.js';
import { accepted, type Answer, type Call, type Route } from '../http/route.js';
import { compile, requireValid } from '../http/validation.js';
import type { Monitoring } from '../monitoring/monitoring.js';
import type { EvaluationCounter } from './evaluation-counter.js';
import { impactOutcomes } from './impact-outcomes.js';

const BODY_LIMIT = 4 * 1024 * 1024;
const isMetrics = compile<UnleashMetricsRequest>(unleashMetricsSchema);
const isBulk = compile<UnleashBulkMetricsRequest>(unleashBulkMetricsSchema);

export interface UnleashMetricsParts {
  readonly counter: EvaluationCounter;
  readonly intake: Pick<EventIntake, 'take'>;
  readonly clock: EdgeClock;
  readonly monitoring: Pick<Monitoring, 'impactSamples'>;
}

/** POST /api/client/metrics and /api/frontend/client/metrics: what one SDK evaluated, and its impact metrics. */
export class UnleashMetricsRoute implements Route {
  readonly method = 'POST';

  constructor(
    readonly path: '/api/client/metrics' | '/api/frontend/client/metrics',
    private readonly parts: UnleashMetricsParts,
  ) {}

  async handle(call: Call): Promise<Answer> {
    requireJson(mediaTypeOf(call.request));
    const body = requireValid(isMetrics, parseJson(await readBody(call.request, BODY_LIMIT)));
    const { appName, instanceId, connectionId, bucket, impactMetrics } = body;
    // Outcomes first: where they cannot be stored the SDK keeps all of it and sends it again.
    const source = JSON.stringify([appName, instanceId, connectionId, bucket.start, bucket.stop]);
    await takeImpact(impactMetrics, source, call, this.parts);
    for (const [toggle, counts] of Object.entries(bucket.toggles)) {
      this.parts.counter.count(call.environment, call.snapshot.compiled, toggle, counts);
    }
    return accepted;
  }
}

/** POST /api/client/metrics/bulk: what many SDKs evaluated, by way of a proxy. */
export class UnleashBulkMetricsRoute implements Route {
  readonly method = 'POST';
  readonly path = '/api/client/metrics/bulk';

  constructor(private readonly parts: UnleashMetricsParts) {}

  async handle(call: Call): Promise<Answer> {
    requireJson(mediaTypeOf(call.request));
    const text = await readBody(call.request, BODY_LIMIT);
    const { metrics, impactMetrics } = requireValid(isBulk, parseJson(text));
    await takeImpact(impactMetrics, text, call, this.parts);
    for (const counts of metrics) {
      this.parts.counter.count(call.environment, call.snapshot.compiled, counts.featureName, counts);
    }
    return accepted;
  }
}

async function takeImpact(
  metrics: readonly UnleashImpactMetric[] | undefined,
  source: string,
  call: Call,
  { intake, clock, monitoring }: UnleashMetricsParts,
): Promise<void> {
  if (!metrics?.length) return;
  await clock.refresh()?.catch(() => undefined);
  const { tasks } = call.snapshot.compiled;
  const { outcomes, unmapped } = impactOutcomes(metrics, {
    source,
    at: clock.now().toISOString(),
    byApplication: (task) => tasks.get(task)?.unitType === 'application',
  });
  const { environment } = call;
  if (unmapped > 0) monitoring.impactSamples.inc({ environment, result: 'unmapped' }, unmapped);
  if (outcomes.length === 0) return;
  const { rejected } = await intake.take(outcomes, call);
  monitoring.impactSamples.inc({ environment, result: 'outcome' }, outcomes.length - rejected.length);
  monitoring.impactSamples.inc({ environment, result: 'rejected' }, rejected.length);
}
