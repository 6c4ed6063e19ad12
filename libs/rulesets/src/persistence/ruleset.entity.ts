import { bigintColumn } from '@app/database';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('rulesets')
export class RulesetEntity {
  @PrimaryColumn('text') environment!: string;
  @PrimaryColumn('bigint', { transformer: bigintColumn }) version!: number;
  @Column('smallint') format!: number;
  @Column('text') digest!: string;
  @Column('text') body!: string;
  @Column('text') cause!: string;
  @Column('timestamptz', { name: 'published_at' }) publishedAt!: Date;
  /** `HeldRuleset.deltaTo`, from the version before. */
  @Column('text', { nullable: true, select: false }) delta!: string | null;
}
