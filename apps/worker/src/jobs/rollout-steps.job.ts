import { Injectable } from '@nestjs/common';
import { RolloutJob } from '../rollouts/rollout.job.js';
import { WorkerConfig } from '../config.js';
import type { Job, JobHandler } from './job-handler.js';

/** Steps of rollouts, an interval apart until the rollout is finished. */
@Injectable()
export class RolloutStepsJob implements JobHandler {
  readonly kind = 'rollout';

  constructor(
    private readonly job: RolloutJob,
    private readonly config: WorkerConfig,
  ) {}

  async run({ subjectId, now }: Job): Promise<Date | null> {
    const { again } = await this.job.run(subjectId, now);
    return again ? new Date(now.getTime() + this.config.CONTENDER_ROLLOUT_INTERVAL_SECONDS * 1000) : null;
  }
}
