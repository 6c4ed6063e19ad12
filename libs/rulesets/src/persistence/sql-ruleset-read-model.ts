import { Injectable } from '@nestjs/common';
import {
  type Condition,
  namedSegments,
  type RulesetHoldout,
  type RulesetModel,
  type RulesetSubject,
  type RulesetTask,
  type SubjectKind,
  subjectRef,
} from '@app/bucketing';
import { Database } from '@app/database';
import { type RulesetContent, RulesetReadModel } from '../ports/ruleset-read-model.js';
import { type ExperimentRow, experimentOf } from './ruleset-experiment.js';
import { carriedOf, type CarriedRow, type RolloutRow, rolloutOf } from './ruleset-rollout.js';
import {
  ASKS_OTHER_TASKS,
  EXPERIMENTS,
  HOLDOUTS,
  MODELS,
  ROLLOUTS,
  SEGMENTS,
  SUBJECTS,
  TASKS,
} from './ruleset.sql.js';

interface TaskRow {
  key: string;
  unit_type: string;
  hash_scheme: 'native-v1' | 'unleash' | 'growthbook-v2';
  position_salt: string;
  enabled: boolean;
  champion: string | null;
  fallbacks: string[];
  killed_by: string | null;
}

interface SubjectRow extends CarriedRow {
  id: string;
  kind: SubjectKind;
  key: string;
  task: string;
  assignment: 'platform' | 'given';
  variants: string[];
}

type HoldoutRow = Omit<RulesetHoldout, 'measured'> & {
  task: string;
  id: string | null;
  epoch: number;
  opened_at: Date;
};

type SegmentRow = { key: string; condition: Condition };

type ModelRow = RulesetModel & { ref: string };

@Injectable()
export class SqlRulesetReadModel extends RulesetReadModel {
  constructor(private readonly database: Database) {
    super();
  }

  async asksOtherTasks(environment: string): Promise<boolean> {
    const [row] = await this.database.query<{ asks: boolean }>(ASKS_OTHER_TASKS, [environment]);
    return row!.asks;
  }

  async read(environment: string, now: Date): Promise<RulesetContent> {
    // One query at a time: they share the transaction's connection.
    const tasks = await this.database.query<TaskRow>(TASKS, [environment]);
    const experiments = await this.database.query<ExperimentRow>(EXPERIMENTS, [environment]);
    const rollouts = await this.database.query<RolloutRow>(ROLLOUTS, [environment]);
    const subjects = await this.database.query<SubjectRow>(SUBJECTS, [environment, now]);
    const holdouts = await this.database.query<HoldoutRow>(HOLDOUTS, [environment]);
    const byTask = {
      experiments: groupedByTask(experiments),
      rollouts: groupedByTask(rollouts),
      holdouts: groupedByTask(holdouts),
    };
    const served = tasks.map((row): RulesetTask => ({
      key: row.key,
      unitType: row.unit_type,
      hashScheme: row.hash_scheme,
      positionSalt: row.position_salt,
      enabled: row.enabled,
      ...(row.killed_by === null ? {} : { killedBy: row.killed_by }),
      champion: row.champion,
      fallbacks: row.fallbacks,
      experiments: (byTask.experiments.get(row.key) ?? []).map(experimentOf),
      rollout: (byTask.rollouts.get(row.key) ?? []).map(rolloutOf)[0] ?? null,
      holdout: (byTask.holdouts.get(row.key) ?? []).map(holdoutOf)[0] ?? null,
    }));
    const segments = await this.segments([...experiments, ...rollouts].map((one) => one.audience));
    return {
      environment,
      tasks: Object.fromEntries(served.map((task) => [task.key, task])),
      subjects: Object.fromEntries(subjects.map((row) => [subjectRef(row.kind, row.key), subjectOf(row)])),
      ...(Object.keys(segments).length > 0 ? { segments } : {}),
      models: await this.models(served),
    };
  }

  /** Those that an audience refers to, also through another segment: a change of others changes nothing an edge sees. */
  private async segments(audiences: ReadonlyArray<Condition | null>): Promise<Record<string, Condition>> {
    const found: Record<string, Condition> = {};
    let wanted = new Set(audiences.flatMap((one) => (one ? namedSegments(one) : [])));
    while (wanted.size > 0) {
      const rows = await this.database.query<SegmentRow>(SEGMENTS, [[...wanted].sort()]);
      for (const { key, condition } of rows) found[key] = condition;
      wanted = new Set(rows.flatMap((row) => namedSegments(row.condition)).filter((key) => !(key in found)));
    }
    return found;
  }

  /** Only the versions that something refers to: registering a model changes nothing an edge sees. */
  private async models(tasks: readonly RulesetTask[]): Promise<Record<string, RulesetModel>> {
    const refs = tasks.flatMap((task) => [
      ...(task.champion === null ? [] : [task.champion]),
      ...task.fallbacks,
      ...task.experiments.flatMap((one) => one.variants.map((variant) => variant.model)),
      ...(task.rollout ? [task.rollout.champion, task.rollout.challenger] : []),
      ...(task.holdout ? [task.holdout.model] : []),
    ]);
    if (refs.length === 0) return {};
    const rows = await this.database.query<ModelRow>(MODELS, [[...new Set(refs)]]);
    return Object.fromEntries(rows.map(({ ref, ...model }) => [ref, model]));
  }
}

/** In the order they came in. */
function groupedByTask<T extends { readonly task: string }>(rows: readonly T[]): ReadonlyMap<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(row.task);
    if (group) group.push(row);
    else groups.set(row.task, [row]);
  }
  return groups;
}

const holdoutOf = ({ task: _task, id, epoch, opened_at, ...holdout }: HoldoutRow): RulesetHoldout => ({
  ...holdout,
  ...(id !== null && { measured: { id, epoch, since: opened_at.toISOString() } }),
});

function subjectOf(row: SubjectRow): RulesetSubject {
  const { id, kind, key, task, assignment, variants } = row;
  const carried = carriedOf(row);
  return { id, kind, key, task, assignment, variants, ...(carried && { carried }) };
}
