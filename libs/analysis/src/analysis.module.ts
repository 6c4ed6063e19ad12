import { Module } from '@nestjs/common';
import { MetricsModule } from '@app/metrics';
import { LookService } from './look.service.js';
import { SqlLookStore } from './persistence/sql-look.store.js';
import { LookReader } from './ports/look.reader.js';
import { LookStore } from './ports/look.store.js';

/** Needs experiments (ExperimentsModule is global) and a bound Clock. */
@Module({
  imports: [MetricsModule],
  providers: [
    { provide: LookStore, useClass: SqlLookStore },
    { provide: LookReader, useExisting: LookStore },
    LookService,
  ],
  exports: [LookReader, LookService],
})
export class AnalysisModule {}
