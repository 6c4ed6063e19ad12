import { Module } from '@nestjs/common';
import { PromotionsModule } from '@app/rollouts';
import { RolloutsController } from './rollouts.controller.js';

@Module({ imports: [PromotionsModule], controllers: [RolloutsController] })
export class RolloutsApiModule {}
