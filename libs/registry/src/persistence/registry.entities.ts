import type { HashScheme } from '@app/bucketing';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Aggregate } from '../domain/metric-definition.js';
import type { ModelLineage, ModelPrice } from '../domain/model.js';

@Entity('models')
export class ModelEntity {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') key!: string;
  @Column('integer') version!: number;
  @Column('text') provider!: string;
  @Column('text') name!: string;
  @Column('text', { nullable: true }) description!: string | null;
  @Column('text', { name: 'base_url', nullable: true }) baseUrl!: string | null;
  @Column('jsonb') parameters!: Record<string, unknown>;
  @Column('text', { nullable: true }) prompt!: string | null;
  @Column('jsonb', { nullable: true }) price!: ModelPrice | null;
  @Column('jsonb', { nullable: true }) lineage!: ModelLineage | null;
  @Column('timestamptz', { name: 'first_served_at', nullable: true }) firstServedAt!: Date | null;
  @Column('text', { name: 'created_by' }) createdBy!: string;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
}

@Entity('tasks')
export class TaskEntity {
  @PrimaryColumn('text') key!: string;
  @Column('text') name!: string;
  @Column('text', { nullable: true }) description!: string | null;
  @Column('text', { name: 'unit_type' }) unitType!: string;
  @Column('text', { name: 'hash_scheme' }) hashScheme!: HashScheme;
  @Column('text', { name: 'position_salt' }) positionSalt!: string;
  @Column('timestamptz', { name: 'first_traffic_at', nullable: true }) firstTrafficAt!: Date | null;
  @Column('text', { name: 'created_by' }) createdBy!: string;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
}

@Entity('task_environments')
export class TaskEnvironmentEntity {
  @PrimaryColumn('text') task!: string;
  @PrimaryColumn('text') environment!: string;
  @Column('uuid', { name: 'champion_id', nullable: true }) championId!: string | null;
  @Column('uuid', { name: 'fallback_ids', array: true }) fallbackIds!: string[];
  @Column('boolean') enabled!: boolean;
  @Column('timestamptz', { name: 'updated_at' }) updatedAt!: Date;
}

@Entity('metrics')
export class MetricEntity {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') key!: string;
  @Column('integer') version!: number;
  @Column('text') name!: string;
  @Column('text', { nullable: true }) description!: string | null;
  @Column('text', { name: 'unit_label', nullable: true }) unitLabel!: string | null;
  @Column('text', { name: 'unit_type', nullable: true }) unitType!: string | null;
  @Column('text') kind!: 'proportion' | 'count' | 'mean' | 'ratio' | 'quantile';
  @Column('text') source!: string;
  @Column('text') aggregate!: Aggregate;
  @Column('text', { nullable: true }) numerator!: string | null;
  @Column('text', { nullable: true }) denominator!: string | null;
  @Column('double precision', { nullable: true }) quantile!: number | null;
  @Column('text') direction!: 'increase' | 'decrease' | 'none';
  @Column('text') transform!: 'none' | 'log';
  @Column('double precision', { nullable: true }) threshold!: number | null;
  @Column('double precision', { name: 'lower_bound', nullable: true }) lowerBound!: number | null;
  @Column('double precision', { name: 'upper_bound', nullable: true }) upperBound!: number | null;
  @Column('double precision', { nullable: true }) cap!: number | null;
  @Column('double precision', { name: 'window_delay_s' }) windowDelayS!: number;
  @Column('double precision', { name: 'window_length_s', nullable: true }) windowLengthS!: number | null;
  @Column('text') missing!: 'zero' | 'exclude';
  @Column('text', { nullable: true }) covariate!: string | null;
  @Column('text', { name: 'created_by' }) createdBy!: string;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
}
