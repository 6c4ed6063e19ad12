import { Injectable } from '@nestjs/common';
import { LookReader, LookService, type LookTrigger } from '@app/analysis';
import { type Experiment, ExperimentReader } from '@app/experiments';
import { SubjectStore } from '@app/subjects';
import type { Job, JobHandler } from './job-handler.js';
import { nextOnGrid } from './next-due.js';

/** Looks of experiments: on their grid while outcomes may come, once at their conclusion, and whenever asked. */
@Injectable()
export class LookJob implements JobHandler {
  readonly kind = 'look';

  constructor(
    private readonly looks: LookService,
    private readonly reader: LookReader,
    private readonly experiments: ExperimentReader,
    private readonly subjects: SubjectStore,
  ) {}

  async run(job: Job): Promise<Date | null> {
    const experiment = await this.experiments.byId(job.subjectId);
    if (!experiment?.fixedAtStart || !experiment.startedAt) return null;
    await this.looks.take(job.subjectId, await this.triggerOf(experiment, job));
    const next = nextOnGrid(experiment.startedAt, experiment.fixedAtStart.lookIntervalSeconds, job.now);
    const subject = await this.subjects.byId(job.subjectId);
    const end = subject?.outcomesUntil ?? null;
    if (end === null) return next;
    // The last look is at the very end of the grace, when nothing can change any more.
    if (job.now >= end) return null;
    return next < end ? next : end;
  }

  private async triggerOf(experiment: Experiment, job: Job): Promise<LookTrigger> {
    const { concludedAt } = experiment;
    const last = concludedAt ? await this.reader.latest(job.subjectId) : null;
    if (concludedAt && (!last || (last.at <= concludedAt && last.trigger !== 'conclusion')))
      return 'conclusion';
    return job.requestedAt ? 'request' : 'schedule';
  }
}
