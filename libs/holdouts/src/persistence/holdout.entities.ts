import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { HoldoutState } from '../domain/holdout.js';

@Entity('holdouts')
export class HoldoutEntity {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') key!: string;
  @Column('text') name!: string;
  @Column('text', { nullable: true }) description!: string | null;
  @Column('text') environment!: string;
  @Column('double precision') share!: number;
  @Column('text') salt!: string;
  @Column('integer', { name: 'planned_units' }) plannedUnits!: number;
  @Column('text') state!: HoldoutState;
  @Column('timestamptz', { name: 'start_at', nullable: true }) startAt!: Date | null;
  @Column('timestamptz', { name: 'end_at', nullable: true }) endAt!: Date | null;
  @Column('integer') revision!: number;
  @Column('text', { name: 'created_by' }) createdBy!: string;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'started_at', nullable: true }) startedAt!: Date | null;
  @Column('timestamptz', { name: 'ended_at', nullable: true }) endedAt!: Date | null;
}
