import { type DynamicModule, Module } from '@nestjs/common';
import { AnalysisModule } from '@app/analysis';
import { DatabaseModule } from '@app/database';
import { ExperimentsModule } from '@app/experiments';
import { GovernanceModule } from '@app/governance';
import { HoldoutsModule } from '@app/holdouts';
import { MetricsModule, RetentionModule } from '@app/metrics';
import { DeliveryService, NotificationsModule } from '@app/notifications';
import { Rng } from '@app/kernel';
import { RolloutsModule } from '@app/rollouts';
import { RegistryModule } from '@app/registry';
import { RulesetsModule } from '@app/rulesets';
import { SubjectsModule } from '@app/subjects';
import { WorkerConfig } from './config.js';
import { StartJob, StopJob } from './jobs/experiment-dates.job.js';
import { JOB_HANDLERS } from './jobs/job-handler.js';
import { JobRunner } from './jobs/job-runner.js';
import { HoldoutJob } from './jobs/holdout.job.js';
import { LookJob } from './jobs/look.job.js';
import { RolloutStepsJob } from './jobs/rollout-steps.job.js';
import { Round } from './loop/round.js';
import { ChanceRng } from './notifications/chance.js';
import { DeliveryRound } from './notifications/delivery-round.js';
import { RetentionRound } from './retention/retention-round.js';
import { UpstreamLoop } from './upstream/upstream-loop.js';
import { RolloutJob } from './rollouts/rollout.job.js';
import { TimeModule } from './time.module.js';

const HANDLERS = [HoldoutJob, LookJob, StartJob, StopJob, RolloutStepsJob];

/** The worker: counts events, takes looks and moves rollouts. Loads no HTTP. */
@Module({})
export class WorkerModule {
  static forRoot(config: WorkerConfig): DynamicModule {
    return {
      module: WorkerModule,
      imports: [
        DatabaseModule.forRoot({
          url: config.DATABASE_URL,
          poolSize: 4,
          applicationName: 'contender-worker',
        }),
        TimeModule.forRoot(config.CONTENDER_CLOCK),
        GovernanceModule,
        RulesetsModule,
        RegistryModule,
        SubjectsModule,
        ExperimentsModule.forRoot({ lookIntervalSeconds: config.CONTENDER_LOOK_INTERVAL_SECONDS }),
        HoldoutsModule,
        MetricsModule,
        RetentionModule,
        AnalysisModule,
        RolloutsModule,
        NotificationsModule,
      ],
      providers: [
        { provide: WorkerConfig, useValue: config },
        RolloutJob,
        ...HANDLERS,
        {
          provide: JOB_HANDLERS,
          useFactory: (...handlers: unknown[]) => handlers,
          inject: HANDLERS,
        },
        JobRunner,
        UpstreamLoop,
        Round,
        { provide: Rng, useClass: ChanceRng },
        DeliveryService,
        DeliveryRound,
        RetentionRound,
      ],
    };
  }
}
