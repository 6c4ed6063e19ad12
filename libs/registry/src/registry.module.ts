import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { GateService } from './gate.service.js';
import { MetricService } from './metric.service.js';
import { ModelService } from './model.service.js';
import {
  MetricEntity,
  ModelEntity,
  TaskEntity,
  TaskEnvironmentEntity,
} from './persistence/registry.entities.js';
import { SqlGateStore } from './persistence/sql-gate.store.js';
import { SqlMetricStore } from './persistence/sql-metric.store.js';
import { SqlModelStore } from './persistence/sql-model.store.js';
import { SqlTaskStore } from './persistence/sql-task.store.js';
import { GateStore } from './ports/gate.store.js';
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
    { provide: GateStore, useClass: SqlGateStore },
    ModelService,
    MetricService,
    TaskService,
    GateService,
  ],
  exports: [ModelService, MetricService, TaskService, GateService],
})
export class RegistryModule {}
