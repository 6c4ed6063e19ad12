import { Module } from '@nestjs/common';
import { PostgresAnalyticsStore } from './persistence/postgres-analytics-store.js';
import { Aggregator } from './ports/aggregator.js';
import { AnalyticsStore } from './ports/analytics-store.js';

/** From events to statistics, and what looks and rollouts read of them. Another engine is bound here and nowhere else. */
@Module({
  providers: [
    { provide: AnalyticsStore, useClass: PostgresAnalyticsStore },
    { provide: Aggregator, useExisting: AnalyticsStore },
  ],
  exports: [Aggregator, AnalyticsStore],
})
export class MetricsModule {}
