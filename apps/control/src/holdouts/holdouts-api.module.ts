import { Module } from '@nestjs/common';
import { HoldoutResultsModule } from '@app/analysis';
import { HoldoutsModule } from '@app/holdouts';
import { HoldoutsController } from './holdouts.controller.js';

@Module({ imports: [HoldoutsModule, HoldoutResultsModule], controllers: [HoldoutsController] })
export class HoldoutsApiModule {}
