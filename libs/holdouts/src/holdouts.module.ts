import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { RegistryModule } from '@app/registry';
import { SubjectsModule } from '@app/subjects';
import { HoldoutRequirements } from './holdout-requirements.service.js';
import { HoldoutService } from './holdout.service.js';
import { HoldoutEntity } from './persistence/holdout.entities.js';
import { SqlHoldoutStore } from './persistence/sql-holdout.store.js';
import { HoldoutStore } from './ports/holdout.store.js';

/** Needs a bound Publisher (RulesetsModule), Clock and governance. */
@Module({
  imports: [RegistryModule, SubjectsModule, TypeOrmModule.forFeature([HoldoutEntity])],
  providers: [{ provide: HoldoutStore, useClass: SqlHoldoutStore }, HoldoutRequirements, HoldoutService],
  exports: [HoldoutService],
})
export class HoldoutsModule {}
