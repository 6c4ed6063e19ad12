import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Publisher } from '@app/registry';
import { SubjectsModule } from '@app/subjects';
import { DependentEpochs } from './dependent-epochs.service.js';
import { RulesetEntity } from './persistence/ruleset.entity.js';
import { SqlRulesetReadModel } from './persistence/sql-ruleset-read-model.js';
import { SqlRulesetReader, SqlRulesetStore } from './persistence/sql-ruleset.store.js';
import { RulesetReadModel } from './ports/ruleset-read-model.js';
import { RulesetReader } from './ports/ruleset-reader.js';
import { RulesetStore } from './ports/ruleset.store.js';
import { RulesetPublisher } from './ruleset-publisher.service.js';

/** Global, because it binds the Publisher that every capability to its left announces its changes through. */
@Global()
@Module({
  imports: [SubjectsModule, TypeOrmModule.forFeature([RulesetEntity])],
  providers: [
    { provide: RulesetReadModel, useClass: SqlRulesetReadModel },
    { provide: RulesetStore, useClass: SqlRulesetStore },
    { provide: RulesetReader, useClass: SqlRulesetReader },
    DependentEpochs,
    RulesetPublisher,
    { provide: Publisher, useExisting: RulesetPublisher },
  ],
  exports: [RulesetPublisher, RulesetReader, Publisher],
})
export class RulesetsModule {}
