import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { AnalyticsStore } from '@app/metrics';
import type { RampEvidence, ShadowEvidence } from '../domain/evidence.js';
import { isShadow } from '../domain/ramp-plan.js';
import type { Rollout } from '../domain/rollout.js';
import { type VersionCount, versionEvidence } from '../domain/versions.js';
import { RolloutEvidence } from '../ports/rollout-evidence.js';
import { VERSIONS } from './versions.sql.js';

/** Buckets that units are spread over by their hash. */
const BUCKETS = 256;
/** About so many units are asked who scored and served them; more would say the same and cost more at every look. */
const SAMPLED_UNITS = 2_000;

/** Evidence from the aggregated statistics, and from who serves the task now. */
@Injectable()
export class MetricsRolloutEvidence extends RolloutEvidence {
  constructor(
    private readonly evidence: AnalyticsStore,
    private readonly database: Database,
  ) {
    super();
  }

  async read(rollout: Rollout, asOf: Date): Promise<RampEvidence> {
    // Asked before: what is counted between the two reads is in the evidence, and then at worst taken for waiting.
    const waitingSince = await this.evidence.waitingSince(rollout.environment);
    const found = await this.evidence.read(rollout.id, asOf);
    const serving = await this.database.query<{ champion_id: string | null }>(
      'SELECT champion_id FROM task_environments WHERE task = $1 AND environment = $2',
      [rollout.task, rollout.environment],
    );
    return {
      asOf: found.asOf.toISOString(),
      epochs: found.epochs,
      crossing: found.crossing,
      carriedUnits: found.carriedUnits,
      metrics: found.metrics.map(({ key, epochs, openUnits }) => ({ key, epochs, openUnits })),
      lastExposureAt: found.lastExposureAt?.toISOString() ?? null,
      lastOutcomeAt: found.lastOutcomeAt?.toISOString() ?? null,
      waitingSince: waitingSince?.toISOString() ?? null,
      fullDays: found.fullDays,
      championUnchanged: serving[0]?.champion_id === rollout.championId,
      ...(isShadow(rollout.plan.stages[rollout.state.stage]) && { shadow: await this.shadow(rollout.id) }),
      versions: versionEvidence(await this.versions(rollout.id, found.crossing.exposed)),
    };
  }

  private async shadow(rolloutId: string): Promise<ShadowEvidence> {
    const { metrics, lastPairAt } = await this.evidence.shadow(rolloutId);
    return { metrics, lastPairAt: lastPairAt?.toISOString() ?? null };
  }

  private versions(rolloutId: string, exposed: number): Promise<VersionCount[]> {
    const buckets = Math.min(
      BUCKETS,
      Math.max(1, Math.ceil((BUCKETS * SAMPLED_UNITS) / Math.max(1, exposed))),
    );
    return this.database.query<VersionCount>(VERSIONS, [
      rolloutId,
      Array.from({ length: buckets }, (_, bucket) => bucket),
    ]);
  }
}
