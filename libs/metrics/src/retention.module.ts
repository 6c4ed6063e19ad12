import { Module } from '@nestjs/common';
import { SqlEventRetention } from './persistence/sql-event-retention.js';
import { EventRetention } from './ports/event-retention.js';

/** Dropping days of events. For workers. */
@Module({
  providers: [{ provide: EventRetention, useClass: SqlEventRetention }],
  exports: [EventRetention],
})
export class RetentionModule {}
