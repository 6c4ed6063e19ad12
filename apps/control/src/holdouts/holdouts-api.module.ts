import { Module } from '@nestjs/common';
import { HoldoutsModule } from '@app/holdouts';
import { HoldoutsController } from './holdouts.controller.js';

@Module({ imports: [HoldoutsModule], controllers: [HoldoutsController] })
export class HoldoutsApiModule {}
