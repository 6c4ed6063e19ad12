import { Module } from '@nestjs/common';
import { RegistryModule } from '@app/registry';
import { MetricsController } from './metrics.controller.js';
import { ModelsController } from './models.controller.js';
import { TasksController } from './tasks.controller.js';

@Module({ imports: [RegistryModule], controllers: [ModelsController, TasksController, MetricsController] })
export class RegistryApiModule {}
