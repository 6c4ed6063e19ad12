import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { MetricService } from './metric.service.js';
import { ModelService } from './model.service.js';
import {
  MetricEntity,
  ModelEntity,
  TaskEntity,
  TaskEnvironmentEntity,
} from './persistence/registry.entities.js';
import { SqlMetricStore } from './persistence/sql-metric.store.js';
import { SqlModelStore } from './persistence/sql-model.store.js';
import { SqlTaskStore } from './persistence/sql-task.store.js';
import { MetricStore } from './ports/metric.store.js';
import { ModelStore } from './ports/model.store.js';
import { TaskStore } from './ports/task.store.js';
import { TaskService } from './task.service.js';

/** Needs a bound Publisher (the rulesets module binds it for everyone). */
@Module({
  imports: [TypeOrmModule.forFeature([ModelEntity, MetricEntity, TaskEntity, TaskEnvironmentEntity])],
  providers: [
    { provide: ModelStore, useClass: SqlModelStore },
    { provide: MetricStore, useClass: SqlMetricStore },
    { provide: TaskStore, useClass: SqlTaskStore },
    ModelService,
    MetricService,
    TaskService,
  ],
  exports: [ModelService, MetricService, TaskService],
})
export class RegistryModule {}
