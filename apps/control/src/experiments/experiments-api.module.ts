import { Module } from '@nestjs/common';
import { ExperimentLifeController } from './experiment-life.controller.js';
import { ExperimentsController } from './experiments.controller.js';

@Module({ controllers: [ExperimentsController, ExperimentLifeController] })
export class ExperimentsApiModule {}
