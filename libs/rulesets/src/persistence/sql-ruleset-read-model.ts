import { Injectable } from '@nestjs/common';
import { type RulesetExperiment, type RulesetModel, type RulesetRollout, subjectRef } from '@app/bucketing';
import { Database } from '@app/database';
import { type RulesetContent, RulesetReadModel } from '../ports/ruleset-read-model.js';
import { type ExperimentRow, experimentOf } from './ruleset-experiment.js';
import { type RolloutRow, rolloutOf } from './ruleset-rollout.js';
import { EXPERIMENTS, MODELS, ROLLOUTS, SUBJECTS, TASKS } from './ruleset.sql.js';

interface TaskRow {
  key: string;
  unit_type: string;
  hash_scheme: 'native-v1' | 'unleash' | 'growthbook-v2';
  position_salt: string;
  enabled: boolean;
  champion: string | null;
  fallbacks: string[];
}

interface SubjectRow {
  id: string;
  kind: 'experiment' | 'rollout';
  key: string;
  task: string;
  assignment: 'platform' | 'given';
  variants: string[];
}

type ModelRow = RulesetModel & { ref: string };

@Injectable()
export class SqlRulesetReadModel extends RulesetReadModel {
  constructor(private readonly database: Database) {
    super();
  }

  async read(environment: string, now: Date): Promise<RulesetContent> {
    // One query at a time: they share the transaction's connection.
    const tasks = await this.database.query<TaskRow>(TASKS, [environment]);
    const experiments = await this.database.query<ExperimentRow>(EXPERIMENTS, [environment]);
    const rollouts = await this.database.query<RolloutRow>(ROLLOUTS, [environment]);
    const subjects = await this.database.query<SubjectRow>(SUBJECTS, [environment, now]);
    const content = {
      tasks: Object.fromEntries(
        tasks.map((row) => [
          row.key,
          {
            key: row.key,
            unitType: row.unit_type,
            hashScheme: row.hash_scheme,
            positionSalt: row.position_salt,
            enabled: row.enabled,
            champion: row.champion,
            fallbacks: row.fallbacks,
            experiments: experiments.filter((one) => one.task === row.key).map(experimentOf),
            rollout: rollouts.filter((one) => one.task === row.key).map(rolloutOf)[0] ?? null,
            holdout: null,
          },
        ]),
      ),
      subjects: Object.fromEntries(subjects.map((row) => [subjectRef(row.kind, row.key), row])),
    };
    return { environment, ...content, models: await this.models(Object.values(content.tasks)) };
  }

  /** Only the versions that something refers to: registering a model changes nothing an edge sees. */
  private async models(
    tasks: ReadonlyArray<{
      champion: string | null;
      fallbacks: readonly string[];
      experiments: readonly RulesetExperiment[];
      rollout: RulesetRollout | null;
    }>,
  ): Promise<Record<string, RulesetModel>> {
    const refs = tasks.flatMap((task) => [
      ...(task.champion === null ? [] : [task.champion]),
      ...task.fallbacks,
      ...task.experiments.flatMap((one) => one.variants.map((variant) => variant.model)),
      ...(task.rollout ? [task.rollout.champion, task.rollout.challenger] : []),
    ]);
    if (refs.length === 0) return {};
    const rows = await this.database.query<ModelRow>(MODELS, [[...new Set(refs)]]);
    return Object.fromEntries(rows.map(({ ref, ...model }) => [ref, model]));
  }
}
