import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { SubjectsModule } from '@app/subjects';
import { SegmentEntity } from './persistence/segment.entity.js';
import { SqlSegmentStore } from './persistence/sql-segment.store.js';
import { SegmentStore } from './ports/segment.store.js';
import { SegmentService } from './segment.service.js';

/** Needs a bound Publisher (RulesetsModule), Clock and governance. */
@Module({
  imports: [SubjectsModule, TypeOrmModule.forFeature([SegmentEntity])],
  providers: [{ provide: SegmentStore, useClass: SqlSegmentStore }, SegmentService],
  exports: [SegmentService],
})
export class SegmentsModule {}
