import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { RegistryModule } from '@app/registry';
import { SegmentsModule } from '@app/segments';
import { SubjectsModule } from '@app/subjects';
import { ExperimentChangeService } from './experiment-change.service.js';
import { ExperimentCheckService } from './experiment-check.service.js';
import { ExperimentCommentService } from './experiment-comment.service.js';
import { ExperimentContentService } from './experiment-content.service.js';
import { ExperimentDesignService } from './experiment-design.service.js';
import { ExperimentDraftService } from './experiment-draft.service.js';
import { ExperimentHealthService } from './experiment-health.service.js';
import { ExperimentPlanService } from './experiment-plan.service.js';
import { ExperimentSettings } from './experiment-settings.js';
import { ExperimentService } from './experiment.service.js';
import {
  ExperimentCommentEntity,
  ExperimentEntity,
  ExperimentMetricEntity,
  ExperimentVariantEntity,
} from './persistence/experiment.entities.js';
import { SqlExperimentComments } from './persistence/sql-experiment.comments.js';
import { SqlExperimentStore } from './persistence/sql-experiment.store.js';
import { SqlScheduleStore } from './persistence/sql-schedule.store.js';
import { SqlTrafficReader } from './persistence/sql-traffic.reader.js';
import { ExperimentComments } from './ports/experiment.comments.js';
import { ExperimentReader } from './ports/experiment.reader.js';
import { ExperimentStore } from './ports/experiment.store.js';
import { ScheduleStore } from './ports/schedule.store.js';
import { TrafficReader } from './ports/traffic.reader.js';

const SERVICES = [
  ExperimentService,
  ExperimentDraftService,
  ExperimentChangeService,
  ExperimentCheckService,
  ExperimentHealthService,
  ExperimentCommentService,
  ExperimentPlanService,
];

/** Needs a bound Publisher (RulesetsModule), Clock and governance. */
@Module({})
export class ExperimentsModule {
  /** `global`, so that other capabilities get at experiments without saying the settings again. */
  static forRoot(settings: { lookIntervalSeconds: number }): DynamicModule {
    return {
      module: ExperimentsModule,
      global: true,
      imports: [
        RegistryModule,
        SegmentsModule,
        SubjectsModule,
        TypeOrmModule.forFeature([
          ExperimentEntity,
          ExperimentVariantEntity,
          ExperimentMetricEntity,
          ExperimentCommentEntity,
        ]),
      ],
      providers: [
        { provide: ExperimentSettings, useValue: new ExperimentSettings(settings.lookIntervalSeconds) },
        { provide: ExperimentStore, useClass: SqlExperimentStore },
        { provide: ExperimentReader, useExisting: ExperimentStore },
        { provide: ExperimentComments, useClass: SqlExperimentComments },
        { provide: ScheduleStore, useClass: SqlScheduleStore },
        { provide: TrafficReader, useClass: SqlTrafficReader },
        ExperimentContentService,
        ExperimentDesignService,
        ...SERVICES,
      ],
      exports: [ExperimentReader, TrafficReader, ...SERVICES],
    };
  }
}
