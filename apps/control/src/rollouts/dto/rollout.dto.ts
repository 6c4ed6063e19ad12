import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { RAMP_TEMPLATES, type RampTemplate, ROLLOUT_STATES, type RolloutState } from '@app/rollouts';
import { FreezeWindowDto } from './rollout-request.dto.js';
import { MarginDto, NextStepDto } from './rollout-parts.dto.js';

export class PlannedStageDto {
  @ApiPropertyOptional({
    enum: ['shadow'],
    description: 'Nobody gets the challenger: answers to mirrored requests are compared.',
  })
  kind?: 'shadow';

  @ApiProperty({ example: 0.05 })
  share!: number;

  @ApiProperty({ example: 2 })
  marginFactor!: number;

  @ApiProperty({ example: 86400 })
  bakeSeconds!: number;

  @ApiProperty({ example: 100 })
  minUnits!: number;

  @ApiProperty({ example: false })
  requiresApproval!: boolean;

  @ApiProperty({ description: 'Units of challenger and control this stage was planned with.', example: 1250 })
  expectedUnits!: number;
}

export class PlannedMetricDto {
  @ApiProperty({ example: 'quality' })
  key!: string;

  @ApiProperty({ enum: ['success', 'guardrail'], example: 'success' })
  role!: 'success' | 'guardrail';

  @ApiProperty({ enum: ['increase', 'decrease', 'none'], example: 'increase' })
  direction!: 'increase' | 'decrease' | 'none';

  @ApiProperty({ type: MarginDto })
  margin!: MarginDto;
}

export class RampPlanDto {
  @ApiProperty({ enum: RAMP_TEMPLATES, example: 'quality-up' })
  template!: RampTemplate;

  @ApiProperty({ type: [PlannedStageDto], description: 'After the last one comes 100 %.' })
  stages!: PlannedStageDto[];

  @ApiProperty({ description: 'Stage the rollout began at, counted from 0.', example: 1 })
  startStage!: number;

  @ApiProperty({ example: false })
  promotionRequiresApproval!: boolean;

  @ApiProperty({ type: [PlannedMetricDto], description: 'Success metrics are guardrails too.' })
  metrics!: PlannedMetricDto[];

  @ApiProperty({
    description: 'Chance of a false rollback, over the whole rollout. An experiment before it spent its own.',
    example: 0.01,
  })
  alphaHarm!: number;

  @ApiProperty({ example: 0.05 })
  alphaNonInferiority!: number;

  @ApiProperty({ example: 0.05 })
  alphaBenefit!: number;

  @ApiProperty({ example: 5000 })
  plannedUnits!: number;

  @ApiProperty({ example: 7 })
  minDays!: number;

  @ApiProperty({ example: 90 })
  maxRolloutDays!: number;

  @ApiProperty({ example: 172800 })
  maxSilenceSeconds!: number;

  @ApiPropertyOptional({
    description: 'Longest an event may wait to be counted; beyond it nothing is raised. 300 in older plans.',
    example: 300,
  })
  maxLagSeconds?: number;

  @ApiProperty({ example: 86400 })
  coolDownSeconds!: number;

  @ApiProperty({ type: [FreezeWindowDto] })
  freezeWindows!: FreezeWindowDto[];

  @ApiProperty({ example: false })
  carryWinners!: boolean;

  @ApiProperty({ description: 'The ramp says what it would do; people move the rollout.', example: false })
  dryRun!: boolean;
}

export class HoldDto {
  @ApiProperty({ example: 'Ada' })
  by!: string;

  @ApiProperty({ format: 'date-time', example: '2026-01-12T09:00:00.000Z' })
  at!: string;

  @ApiProperty({ example: 'Waiting for legal' })
  reason!: string;
}

export class ApprovalDto extends HoldDto {
  @ApiProperty({
    description: 'The stage it lets the rollout enter, counted from 0; `stages.length` is 100 %.',
    example: 2,
  })
  stage!: number;
}

export class RolloutSummaryDto {
  @ApiProperty({ description: 'Key of its experiment; a second attempt ends in -2.', example: 'reply-large' })
  key!: string;

  @ApiProperty({ example: 'support-reply' })
  task!: string;

  @ApiProperty({ example: 'production' })
  environment!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Key of the experiment it came from.',
    example: 'reply-large',
  })
  experiment!: string | null;

  @ApiProperty({ description: 'The model it would replace.', example: 'support-small@1' })
  champion!: string;

  @ApiProperty({ description: 'The model that wants the champion’s place.', example: 'support-large@1' })
  challenger!: string;

  @ApiProperty({ enum: ROLLOUT_STATES, example: 'running' })
  state!: RolloutState;

  @ApiProperty({ description: 'Current stage, counted from 0; `stages.length` once promoted.', example: 1 })
  stage!: number;

  @ApiProperty({ description: 'Share of the task’s units on the challenger.', example: 0.05 })
  share!: number;

  @ApiProperty({ description: 'Share on the concurrent control.', example: 0.05 })
  controlShare!: number;

  @ApiProperty({ format: 'date-time', example: '2026-01-12T09:00:00.000Z' })
  stageEnteredAt!: string;

  @ApiProperty({ type: HoldDto, nullable: true, example: null })
  hold!: HoldDto | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'After a rollback.',
    example: null,
  })
  coolDownUntil!: string | null;

  @ApiProperty({ example: 'Ada' })
  createdBy!: string;

  @ApiProperty({ format: 'date-time', example: '2026-01-11T09:00:00.000Z' })
  createdAt!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  finishedAt!: string | null;

  @ApiProperty({ description: 'Counts every change.', example: 3 })
  revision!: number;
}

export class RolloutDto extends RolloutSummaryDto {
  @ApiProperty({ type: RampPlanDto })
  plan!: RampPlanDto;

  @ApiProperty({ type: [ApprovalDto] })
  approvals!: ApprovalDto[];

  @ApiProperty({
    type: NextStepDto,
    nullable: true,
    description: 'What the ramp sees and would do now; null once the rollout is finished.',
  })
  next!: NextStepDto | null;
}

export class ReceiptDto {
  @ApiProperty({ description: 'From 1, without gaps.', example: 4 })
  number!: number;

  @ApiProperty({ format: 'date-time', example: '2026-01-13T09:00:00.000Z' })
  at!: string;

  @ApiProperty({ example: 'rollout controller' })
  actor!: string;

  @ApiProperty({
    description: 'A step of the ramp, or CREATED, APPROVED, HELD, RESUMED.',
    example: 'ADVANCE',
  })
  step!: string;

  @ApiProperty({ example: 1 })
  stageBefore!: number;

  @ApiProperty({ example: 2 })
  stageAfter!: number;

  @ApiProperty({ example: 0.05 })
  shareBefore!: number;

  @ApiProperty({ example: 0.25 })
  shareAfter!: number;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description:
      'Reasons, bounds, estimator version and all inputs (plan, state, evidence, instant): whoever has it can decide again.',
    example: {
      step: 'ADVANCE',
      reasons: [{ code: 'STAGE_PROVEN', message: 'No guardrail loses more than this stage allows' }],
    },
  })
  body!: object;

  @ApiProperty({
    description: 'The body as it was sealed; the hash is over this text.',
    example: '{"actor":"rollout controller",…}',
  })
  text!: string;

  @ApiProperty({
    description: 'Hash of the receipt before; 64 zeros for the first.',
    example: '0'.repeat(64),
  })
  previousHash!: string;

  @ApiProperty({
    description: 'SHA-256 of `previousHash`, a line feed and `text`.',
    example: '5df6e0e2761359d30a8275058e299fcc0381534545f55cf43e41983f5d4c9456',
  })
  hash!: string;
}
