import { ApiProperty } from '@nestjs/swagger';
import type { Condition, Prerequisite } from '@app/bucketing';
import { AmountDto, PlanDto, PrerequisiteDto } from './experiment-parts.dto.js';

export class ExperimentVariantDto {
  @ApiProperty({ example: 'large' })
  key!: string;

  @ApiProperty({ description: 'The pinned version.', example: 'support-large@1' })
  model!: string;

  @ApiProperty({ example: 1 })
  weight!: number;

  @ApiProperty({ description: 'Its part of the experiment’s traffic.', example: 0.5 })
  share!: number;

  @ApiProperty({ example: false })
  control!: boolean;
}

export class ExperimentMetricViewDto {
  @ApiProperty({ example: 'quality' })
  metric!: string;

  @ApiProperty({ description: 'Version it is measured by.', example: 1 })
  version!: number;

  @ApiProperty({ enum: ['success', 'guardrail', 'exploratory'], example: 'success' })
  role!: 'success' | 'guardrail' | 'exploratory';

  @ApiProperty({ type: AmountDto, nullable: true })
  mde!: AmountDto | null;

  @ApiProperty({
    type: AmountDto,
    nullable: true,
    description: 'null: none, or the default of 5 % relative for a guardrail.',
  })
  margin!: AmountDto | null;

  @ApiProperty({ type: AmountDto, nullable: true })
  harmMargin!: AmountDto | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When it was added while running.',
  })
  addedAt!: Date | null;
}

export class ConclusionDto {
  @ApiProperty({ enum: ['ship', 'no-ship', 'inconclusive', 'stop'], example: 'ship' })
  decision!: 'ship' | 'no-ship' | 'inconclusive' | 'stop';

  @ApiProperty({ type: String, nullable: true, example: 'large' })
  variant!: string | null;

  @ApiProperty({ example: 'Better answers, nobody waits longer' })
  reason!: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-02-02T09:00:00.000Z' })
  at!: string;

  @ApiProperty({ example: 'first admin' })
  by!: string;
}

export class ExperimentDto {
  @ApiProperty({ format: 'uuid', example: '019ab2f0-7c11-7b60-9f7e-3d7d6f1d2a10' })
  id!: string;

  @ApiProperty({ example: 'reply-large' })
  key!: string;

  @ApiProperty({ example: 'Larger model for support replies' })
  name!: string;

  @ApiProperty({ type: String, nullable: true, example: 'ana@example.com' })
  owner!: string | null;

  @ApiProperty({ type: [String], example: ['support'] })
  tags!: readonly string[];

  @ApiProperty({ example: 'support-reply' })
  task!: string;

  @ApiProperty({ example: 'production' })
  environment!: string;

  @ApiProperty({ example: 'The larger model answers better, and nobody waits longer for it.' })
  hypothesis!: string;

  @ApiProperty({
    type: String,
    enum: ['quality-up', 'cost-down', 'latency-down'],
    nullable: true,
    example: 'quality-up',
  })
  template!: 'quality-up' | 'cost-down' | 'latency-down' | null;

  @ApiProperty({ enum: ['platform', 'given'], example: 'platform' })
  assignment!: 'platform' | 'given';

  @ApiProperty({ enum: ['draft', 'running', 'paused', 'concluded', 'archived'], example: 'running' })
  state!: 'draft' | 'running' | 'paused' | 'concluded' | 'archived';

  @ApiProperty({ type: Object, nullable: true, example: null })
  audience!: Condition | null;

  @ApiProperty({ type: [PrerequisiteDto], example: [] })
  prerequisites!: readonly Prerequisite[];

  @ApiProperty({ type: Object, example: {} })
  overrides!: Readonly<Record<string, string>>;

  @ApiProperty({ example: 0.5 })
  trafficShare!: number;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  startAt!: Date | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  endAt!: Date | null;

  @ApiProperty({ type: [String], example: ['country'] })
  dimensions!: readonly string[];

  @ApiProperty({ type: [String], example: [] })
  covariates!: readonly string[];

  @ApiProperty({ type: [ExperimentVariantDto] })
  variants!: ExperimentVariantDto[];

  @ApiProperty({ type: [ExperimentMetricViewDto] })
  metrics!: readonly ExperimentMetricViewDto[];

  @ApiProperty({ type: PlanDto, description: 'With every default once it has started.' })
  plan!: PlanDto;

  @ApiProperty({
    type: Object,
    nullable: true,
    description: 'N* of each variant’s comparison with the control, fixed at start: it tunes the intervals.',
    example: { large: 10_000 },
  })
  nStar!: Readonly<Record<string, number>> | null;

  @ApiProperty({ type: ConclusionDto, nullable: true })
  conclusion!: ConclusionDto | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Key of the experiment it was cloned from.',
    example: null,
  })
  clonedFrom!: string | null;

  @ApiProperty({ description: 'Goes up at every change; also in the ETag.', example: 2 })
  revision!: number;

  @ApiProperty({ example: 'first admin' })
  createdBy!: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-05T09:00:00.000Z' })
  createdAt!: Date;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  startedAt!: Date | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  pausedAt!: Date | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  concludedAt!: Date | null;
}
