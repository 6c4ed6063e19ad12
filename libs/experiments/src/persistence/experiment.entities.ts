import type { Condition, HashRange, Prerequisite } from '@app/bucketing';
import { bigintColumn } from '@app/database';
import type { Amount, MetricRole } from '@app/stats';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type {
  Conclusion,
  ExperimentState,
  ExperimentTemplate,
  FixedAtStart,
  PlanInput,
} from '../domain/experiment.js';

@Entity('experiments')
export class ExperimentEntity {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') key!: string;
  @Column('text') name!: string;
  @Column('text', { nullable: true }) owner!: string | null;
  @Column('text', { array: true }) tags!: string[];
  @Column('text') task!: string;
  @Column('text') environment!: string;
  @Column('text') hypothesis!: string;
  @Column('text', { nullable: true }) template!: ExperimentTemplate | null;
  @Column('text') assignment!: 'platform' | 'given';
  @Column('text') state!: ExperimentState;
  @Column('jsonb', { nullable: true }) audience!: Condition | null;
  @Column('jsonb') prerequisites!: Prerequisite[];
  @Column('jsonb') overrides!: Record<string, string>;
  @Column('double precision', { name: 'traffic_share' }) trafficShare!: number;
  @Column('jsonb') ranges!: HashRange[];
  @Column('timestamptz', { name: 'start_at', nullable: true }) startAt!: Date | null;
  @Column('timestamptz', { name: 'end_at', nullable: true }) endAt!: Date | null;
  @Column('text', { array: true }) dimensions!: string[];
  @Column('text', { array: true }) covariates!: string[];
  @Column('jsonb') plan!: PlanInput;
  @Column('jsonb', { name: 'fixed_at_start', nullable: true }) fixedAtStart!: FixedAtStart | null;
  @Column('jsonb', { nullable: true }) conclusion!: Conclusion | null;
  @Column('text', { name: 'cloned_from', nullable: true }) clonedFrom!: string | null;
  @Column('integer') revision!: number;
  @Column('text', { name: 'created_by' }) createdBy!: string;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'started_at', nullable: true }) startedAt!: Date | null;
  @Column('timestamptz', { name: 'paused_at', nullable: true }) pausedAt!: Date | null;
  @Column('timestamptz', { name: 'concluded_at', nullable: true }) concludedAt!: Date | null;
}

@Entity('experiment_variants')
export class ExperimentVariantEntity {
  @PrimaryColumn('uuid', { name: 'experiment_id' }) experimentId!: string;
  @PrimaryColumn('text') key!: string;
  @Column('smallint') position!: number;
  @Column('uuid', { name: 'model_id' }) modelId!: string;
  @Column('double precision') weight!: number;
  @Column('boolean') control!: boolean;
  @Column('jsonb', { nullable: true }) ranges!: HashRange[] | null;
}

@Entity('experiment_metrics')
export class ExperimentMetricEntity {
  @PrimaryColumn('uuid', { name: 'experiment_id' }) experimentId!: string;
  @PrimaryColumn('text') metric!: string;
  @Column('uuid', { name: 'metric_id' }) metricId!: string;
  @Column('smallint') position!: number;
  @Column('text') role!: MetricRole;
  @Column('jsonb', { nullable: true }) mde!: Amount | null;
  @Column('jsonb', { nullable: true }) margin!: Amount | null;
  @Column('jsonb', { name: 'harm_margin', nullable: true }) harmMargin!: Amount | null;
  @Column('timestamptz', { name: 'added_at', nullable: true }) addedAt!: Date | null;
}

@Entity('experiment_comments')
export class ExperimentCommentEntity {
  @PrimaryColumn('bigint', { generated: 'identity', transformer: bigintColumn }) id!: number;
  @Column('uuid', { name: 'experiment_id' }) experimentId!: string;
  @Column('text') author!: string;
  @Column('text') body!: string;
  @Column('timestamptz') at!: Date;
}
