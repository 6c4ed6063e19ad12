import { Module } from '@nestjs/common';
import { SqlAggregator } from './persistence/sql-aggregator.js';
import { SqlEvidenceStore } from './persistence/sql-evidence-store.js';
import { Aggregator } from './ports/aggregator.js';
import { EvidenceStore } from './ports/evidence-store.js';

/** From events to statistics, and what looks and rollouts read of them. */
@Module({
  providers: [
    { provide: Aggregator, useClass: SqlAggregator },
    { provide: EvidenceStore, useClass: SqlEvidenceStore },
  ],
  exports: [Aggregator, EvidenceStore],
})
export class MetricsModule {}
