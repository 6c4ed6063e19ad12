import { Injectable } from '@nestjs/common';
import { ExperimentService } from '@app/experiments';
import type { Job, JobHandler } from './job-handler.js';

/** Starts a draft whose start date has come. */
@Injectable()
export class StartJob implements JobHandler {
  readonly kind = 'start';

  constructor(private readonly experiments: ExperimentService) {}

  async run({ subjectId }: Job): Promise<null> {
    await this.experiments.startDue(subjectId);
    return null;
  }
}

/** Concludes an experiment whose end date has come. */
@Injectable()
export class StopJob implements JobHandler {
  readonly kind = 'stop';

  constructor(private readonly experiments: ExperimentService) {}

  async run({ subjectId }: Job): Promise<null> {
    await this.experiments.stopDue(subjectId);
    return null;
  }
}
