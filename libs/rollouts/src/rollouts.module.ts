import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { MetricsModule } from '@app/metrics';
import { NotificationsModule } from '@app/notifications';
import { RegistryModule } from '@app/registry';
import { SubjectsModule } from '@app/subjects';
import { MetricsRolloutEvidence } from './persistence/metrics-rollout-evidence.js';
import { RolloutEntity, RolloutReceiptEntity } from './persistence/rollout.entities.js';
import { SqlRolloutNames } from './persistence/sql-rollout-names.js';
import { SqlRolloutStore } from './persistence/sql-rollout.store.js';
import { SubjectRolloutEffects } from './persistence/subject-rollout-effects.js';
import { RolloutEffects } from './ports/rollout-effects.js';
import { RolloutEvidence } from './ports/rollout-evidence.js';
import { RolloutNames } from './ports/rollout-names.js';
import { RolloutStore } from './ports/rollout.store.js';
import { RolloutController } from './rollout-controller.service.js';
import { RolloutMover } from './rollout-mover.service.js';
import { RolloutService } from './rollout.service.js';

/** What moves and steers rollouts: all a worker needs. */
@Module({
  imports: [
    RegistryModule,
    SubjectsModule,
    MetricsModule,
    NotificationsModule,
    TypeOrmModule.forFeature([RolloutEntity, RolloutReceiptEntity]),
  ],
  providers: [
    { provide: RolloutStore, useClass: SqlRolloutStore },
    { provide: RolloutEvidence, useClass: MetricsRolloutEvidence },
    { provide: RolloutEffects, useClass: SubjectRolloutEffects },
    { provide: RolloutNames, useClass: SqlRolloutNames },
    RolloutMover,
    RolloutController,
    RolloutService,
  ],
  exports: [RolloutStore, RolloutEffects, RolloutNames, RolloutMover, RolloutController, RolloutService],
})
export class RolloutsModule {}
