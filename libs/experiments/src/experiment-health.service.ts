import { Injectable } from '@nestjs/common';
import type { Actor } from '@app/governance';
import type { ExperimentState } from './domain/experiment.js';
import { ExperimentDraftService } from './experiment-draft.service.js';
import { TrafficReader } from './ports/traffic.reader.js';

export interface ArmView {
  readonly variant: string;
  readonly assigned: number;
  readonly exposed: number;
  readonly crossing: number;
  readonly carried: number;
  readonly metrics: ReadonlyArray<{
    readonly metric: string;
    readonly scored: number;
    /** Scored / exposed; null while nobody is exposed. */
    readonly coverage: number | null;
  }>;
}

export interface ExperimentHealth {
  readonly state: ExperimentState;
  readonly arms: readonly ArmView[];
  readonly firstExposureAt: Date | null;
  readonly lastExposureAt: Date | null;
  readonly lastOutcomeAt: Date | null;
  /** Units of the environment whose events are received and not counted yet. */
  readonly pendingUnits: number;
}

/** Whether data arrive: assigned → exposed → scored, per arm. */
@Injectable()
export class ExperimentHealthService {
  constructor(
    private readonly drafts: ExperimentDraftService,
    private readonly traffic: TrafficReader,
  ) {}

  async health(key: string, actor: Actor): Promise<ExperimentHealth> {
    const experiment = await this.drafts.find(key, actor);
    const counted = new Map((await this.traffic.arms(experiment.id)).map((arm) => [arm.variant, arm]));
    return {
      state: experiment.state,
      arms: experiment.variants.map(({ key: variant }) => {
        const arm = counted.get(variant);
        const { assigned, exposed, crossing, carried } = arm ?? {
          assigned: 0,
          exposed: 0,
          crossing: 0,
          carried: 0,
        };
        return {
          variant,
          assigned,
          exposed,
          crossing,
          carried,
          metrics: experiment.metrics.map(({ metric, metricId }) => {
            const scored = arm?.scored[metricId] ?? 0;
            return { metric, scored, coverage: exposed === 0 ? null : scored / exposed };
          }),
        };
      }),
      ...(await this.traffic.lastEvents(experiment.id)),
      pendingUnits: await this.traffic.pendingUnits(experiment.environment),
    };
  }
}
