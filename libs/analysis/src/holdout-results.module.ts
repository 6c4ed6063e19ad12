import { Module } from '@nestjs/common';
import { HoldoutsModule } from '@app/holdouts';
import { MetricsModule } from '@app/metrics';
import { RegistryModule } from '@app/registry';
import { HoldoutResults } from './holdout-results.service.js';

/** Needs what HoldoutsModule needs. */
@Module({
  imports: [HoldoutsModule, MetricsModule, RegistryModule],
  providers: [HoldoutResults],
  exports: [HoldoutResults],
})
export class HoldoutResultsModule {}
