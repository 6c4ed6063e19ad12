import type { Condition } from '@app/bucketing';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('segments')
export class SegmentEntity {
  @PrimaryColumn('text') key!: string;
  @Column('text') name!: string;
  @Column('text', { nullable: true }) description!: string | null;
  @Column('jsonb') condition!: Condition;
  @Column('integer') revision!: number;
  @Column('text', { name: 'created_by' }) createdBy!: string;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'updated_at' }) updatedAt!: Date;
}
