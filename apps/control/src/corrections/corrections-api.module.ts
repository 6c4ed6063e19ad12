import { Module } from '@nestjs/common';
import { CorrectionsModule } from '@app/metrics';
import { CorrectionsController } from './corrections.controller.js';

@Module({ imports: [CorrectionsModule], controllers: [CorrectionsController] })
export class CorrectionsApiModule {}
