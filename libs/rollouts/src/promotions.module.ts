import { Module } from '@nestjs/common';
import { AnalysisModule } from '@app/analysis';
import { MetricsModule } from '@app/metrics';
import { ExperimentPromotionSource } from './persistence/experiment-promotion-source.js';
import { PromotionSource } from './ports/promotion-source.js';
import { PromotionService } from './promotion.service.js';
import { RolloutsModule } from './rollouts.module.js';

/** Promotion of experiments: only where people act. Needs the experiments, which their module makes global. */
@Module({
  imports: [AnalysisModule, MetricsModule, RolloutsModule],
  providers: [{ provide: PromotionSource, useClass: ExperimentPromotionSource }, PromotionService],
  exports: [PromotionService, RolloutsModule],
})
export class PromotionsModule {}
