import { Module } from '@nestjs/common';
import { AnalysisModule } from '@app/analysis';
import { LookRequests } from './look-requests.js';
import { ResultsController } from './results.controller.js';

/** Reading and asking for looks. Experiments are global. */
@Module({ imports: [AnalysisModule], controllers: [ResultsController], providers: [LookRequests] })
export class ResultsApiModule {}
