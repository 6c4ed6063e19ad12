import { Module } from '@nestjs/common';
import { ExplainController } from './explain.controller.js';
import { ExplainService } from './explain.service.js';

/** Rulesets and environments come from modules that are global. */
@Module({ controllers: [ExplainController], providers: [ExplainService] })
export class ExplainModule {}
