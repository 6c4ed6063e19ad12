import { Injectable } from '@nestjs/common';
import { HoldoutService } from '@app/holdouts';
import type { Job, JobHandler } from './job-handler.js';

/** Starts and ends holdouts whose dates have come. */
@Injectable()
export class HoldoutJob implements JobHandler {
  readonly kind = 'holdout';

  constructor(private readonly holdouts: HoldoutService) {}

  async run({ subjectId }: Job): Promise<Date | null> {
    return this.holdouts.stepDue(subjectId);
  }
}
