import { Module } from '@nestjs/common';
import { SubjectsModule } from '@app/subjects';
import { CorrectionService } from './correction.service.js';
import { MetricsModule } from './metrics.module.js';
import { SqlUnitEraser } from './persistence/sql-unit-eraser.js';
import { UnitEraser } from './ports/unit-eraser.js';

/** Erasure and re-attribution. Needs a bound Clock. */
@Module({
  imports: [MetricsModule, SubjectsModule],
  providers: [{ provide: UnitEraser, useClass: SqlUnitEraser }, CorrectionService],
  exports: [CorrectionService],
})
export class CorrectionsModule {}
