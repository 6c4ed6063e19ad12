import type { SubjectKind } from '@app/bucketing';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('subjects')
export class SubjectEntity {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') kind!: SubjectKind;
  @Column('text') key!: string;
  @Column('text') environment!: string;
  @Column('text') task!: string;
  @Column('text', { name: 'further_tasks', array: true }) furtherTasks!: string[];
  @Column('text', { name: 'unit_type' }) unitType!: string;
  @Column('text') assignment!: 'platform' | 'given';
  @Column('text', { array: true }) covariates!: string[];
  @Column('text', { array: true }) dimensions!: string[];
  @Column('timestamptz', { name: 'opened_at' }) openedAt!: Date;
  @Column('timestamptz', { name: 'exposures_until', nullable: true }) exposuresUntil!: Date | null;
  @Column('timestamptz', { name: 'outcomes_until', nullable: true }) outcomesUntil!: Date | null;
}

@Entity('subject_metrics')
export class SubjectMetricEntity {
  @PrimaryColumn('uuid', { name: 'subject_id' }) subjectId!: string;
  @PrimaryColumn('uuid', { name: 'metric_id' }) metricId!: string;
  @Column('smallint') position!: number;
}

@Entity('epochs')
export class EpochEntity {
  @PrimaryColumn('uuid', { name: 'subject_id' }) subjectId!: string;
  @PrimaryColumn('integer') number!: number;
  @Column('timestamptz', { name: 'opened_at' }) openedAt!: Date;
  @Column('text') reason!: string;
  @Column('jsonb') weights!: Record<string, number>;
  @Column('jsonb') shape!: Record<string, unknown>;
}
