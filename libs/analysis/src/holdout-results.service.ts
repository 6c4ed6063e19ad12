import { Injectable } from '@nestjs/common';
import type { Actor } from '@app/governance';
import { type Holdout, HoldoutService } from '@app/holdouts';
import { Clock } from '@app/kernel';
import { AnalyticsStore } from '@app/metrics';
import { MetricService } from '@app/registry';
import { type HoldoutResult, measureHoldout } from './domain/holdout-effect.js';

/** What all changes of a holdout's time brought, from what is counted now. Stored nowhere: everything it is made from is. */
@Injectable()
export class HoldoutResults {
  constructor(
    private readonly holdouts: HoldoutService,
    private readonly metrics: MetricService,
    private readonly evidence: AnalyticsStore,
    private readonly clock: Clock,
  ) {}

  /** @throws HoldoutError `HOLDOUT_UNKNOWN`; GovernanceError `ENVIRONMENT_NOT_ALLOWED` */
  async read(
    key: string,
    actor: Actor,
  ): Promise<{ readonly holdout: Holdout; readonly result: HoldoutResult }> {
    const holdout = await this.holdouts.find(key, actor);
    const found = await this.metrics.byIds(holdout.metrics.map(({ metricId }) => metricId));
    const definitions = holdout.metrics.flatMap(
      ({ metricId }) => found.find(({ id }) => id === metricId) ?? [],
    );
    const evidence = await this.evidence.read(holdout.id, this.clock.now());
    return { holdout, result: measureHoldout(holdout, definitions, evidence) };
  }
}
