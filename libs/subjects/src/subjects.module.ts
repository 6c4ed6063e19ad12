import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { RegistryModule } from '@app/registry';
import { SqlSubjectStore } from './persistence/sql-subject.store.js';
import { EpochEntity, SubjectEntity, SubjectMetricEntity } from './persistence/subject.entities.js';
import { SubjectStore } from './ports/subject.store.js';

@Module({
  imports: [RegistryModule, TypeOrmModule.forFeature([EpochEntity, SubjectEntity, SubjectMetricEntity])],
  providers: [{ provide: SubjectStore, useClass: SqlSubjectStore }],
  exports: [SubjectStore],
})
export class SubjectsModule {}
