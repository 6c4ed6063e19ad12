import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { RampPlan } from '../domain/ramp-plan.js';
import type { Approval, ConcludingLook, Gate, Hold, RampMemory } from '../domain/ramp-state.js';
import type { ReceiptStep } from '../domain/receipt.js';
import type { RolloutState } from '../domain/rollout-lifecycle.js';

/** `memory` keeps what later looks need of earlier ones, and what was fixed when the stage was entered. */
export interface StoredMemory extends RampMemory {
  readonly stageEpoch: number;
  readonly gate: Gate;
  readonly concludingLook: ConcludingLook | null;
}

@Entity('rollouts')
export class RolloutEntity {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') key!: string;
  @Column('text') task!: string;
  @Column('text') environment!: string;
  @Column('uuid', { name: 'experiment_id', nullable: true }) experimentId!: string | null;
  @Column('uuid', { name: 'concluding_look_id', nullable: true }) concludingLookId!: string | null;
  @Column('uuid', { name: 'champion_id' }) championId!: string;
  @Column('uuid', { name: 'challenger_id' }) challengerId!: string;
  @Column('text', { name: 'challenger_variant', nullable: true }) challengerVariant!: string | null;
  @Column('jsonb') plan!: RampPlan;
  @Column('text') state!: RolloutState;
  @Column('integer') stage!: number;
  @Column('timestamptz', { name: 'stage_entered_at' }) stageEnteredAt!: Date;
  @Column('double precision') share!: number;
  @Column('double precision', { name: 'control_share' }) controlShare!: number;
  @Column('jsonb') memory!: StoredMemory;
  @Column('jsonb') approvals!: readonly Approval[];
  @Column('jsonb', { nullable: true }) hold!: Hold | null;
  @Column('boolean', { name: 'carry_winners' }) carryWinners!: boolean;
  @Column('integer') revision!: number;
  @Column('timestamptz', { name: 'last_human_decision_at', nullable: true })
  lastHumanDecisionAt!: Date | null;
  @Column('timestamptz', { name: 'cool_down_until', nullable: true }) coolDownUntil!: Date | null;
  @Column('text', { name: 'created_by' }) createdBy!: string;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'finished_at', nullable: true }) finishedAt!: Date | null;
}

@Entity('rollout_receipts')
export class RolloutReceiptEntity {
  @PrimaryColumn('uuid', { name: 'rollout_id' }) rolloutId!: string;
  @PrimaryColumn('integer') number!: number;
  @Column('timestamptz') at!: Date;
  @Column('text') actor!: string;
  @Column('text') step!: ReceiptStep;
  @Column('integer', { name: 'stage_before' }) stageBefore!: number;
  @Column('integer', { name: 'stage_after' }) stageAfter!: number;
  @Column('double precision', { name: 'share_before' }) shareBefore!: number;
  @Column('double precision', { name: 'share_after' }) shareAfter!: number;
  @Column('text') body!: string;
  @Column('text', { name: 'previous_hash' }) previousHash!: string;
  @Column('text') hash!: string;
}
