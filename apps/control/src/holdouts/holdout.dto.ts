import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  IsPositive,
  IsString,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { IsInstant } from '../http/instant.js';
import { PageQuery } from '../http/pagination.js';
import { IsKey, IsText, MayBeAbsent } from '../http/validators.js';

const STATES = ['planned', 'running', 'ended'] as const;

export class HoldoutQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'Key of an environment, e.g. `production`.' })
  @IsOptional()
  @MaxLength(63)
  environment?: string;

  @ApiPropertyOptional({ description: 'Key of a task, e.g. `support-reply`.' })
  @IsOptional()
  @MaxLength(100)
  task?: string;

  @ApiPropertyOptional({ enum: STATES })
  @IsOptional()
  @IsIn(STATES)
  state?: (typeof STATES)[number];
}

export class CreateHoldoutDto {
  @ApiProperty({ description: 'Its name in addresses and answers; it never changes.', example: '2026-q1' })
  @IsKey()
  key!: string;

  @ApiPropertyOptional({
    description: 'For people; the key when left out.',
    example: 'What the first quarter brought',
  })
  @MayBeAbsent()
  @IsText(200)
  name?: string;

  @ApiPropertyOptional({ type: String, nullable: true, example: null })
  @IsOptional()
  @IsText(2000)
  description?: string | null;

  @ApiProperty({ description: 'Where it holds units back.', example: 'production' })
  @IsText(63)
  environment!: string;

  @ApiProperty({
    type: [String],
    description:
      'Keys of the tasks, all of one unit type. The same units are held back on all of them, each on the champion it has now. A task is in one holdout of an environment at a time.',
    example: ['support-reply'],
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(200)
  @ArrayUnique()
  @IsString({ each: true })
  @MaxLength(100, { each: true })
  tasks!: string[];

  @ApiProperty({ description: 'Part of all units that is held back, above 0 up to 0.5.', example: 0.05 })
  @IsNumber()
  @IsPositive()
  @Max(0.5)
  share!: number;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Holds units back from then on. Left out: at once.',
    example: '2099-01-01T00:00:00Z',
  })
  @IsOptional()
  @IsInstant()
  startAt?: string | null;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Ends by itself then. Left out: you end it.',
    example: '2099-04-01T00:00:00Z',
  })
  @IsOptional()
  @IsInstant()
  endAt?: string | null;

  @ApiPropertyOptional({
    type: [String],
    description:
      'Keys of the metrics it is measured by, in the versions of now. More may be added until it ends; its units are exposed and counted in any case. Quantiles cannot be: measure a proportion with a threshold.',
    example: ['quality', 'cost'],
  })
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(50)
  @ArrayUnique()
  @IsString({ each: true })
  @MaxLength(100, { each: true })
  metrics?: string[];

  @ApiPropertyOptional({
    description:
      'Units of both groups at which the intervals are narrowest; they hold at any number. Fixed from then on. Default 5000.',
    example: 5000,
  })
  @MayBeAbsent()
  @IsInt()
  @Min(2)
  @Max(2_000_000_000)
  plannedUnits?: number;
}

export class AddHoldoutMetricDto {
  @ApiProperty({ description: 'Key of the metric, in the version of now.', example: 'quality' })
  @IsKey()
  metric!: string;
}

export class EndHoldoutDto {
  @ApiProperty({ description: 'For the audit log.', example: 'The quarter is over' })
  @IsText(2000)
  reason!: string;
}

export class HoldoutTaskDto {
  @ApiProperty({ example: 'support-reply' })
  task!: string;

  @ApiProperty({
    description: 'Champion when the holdout was made; held units get it.',
    example: 'support-small@1',
  })
  model!: string;
}

export class HoldoutMetricDto {
  @ApiProperty({ example: 'quality' })
  metric!: string;

  @ApiProperty({ description: 'The version it is measured in.', example: 1 })
  version!: number;
}

export class HoldoutDto {
  @ApiProperty({ format: 'uuid', example: '019ab2f0-7c11-7b60-9f7e-3d7d6f1d2a10' })
  id!: string;

  @ApiProperty({ example: '2026-q1' })
  key!: string;

  @ApiProperty({ example: 'What the first quarter brought' })
  name!: string;

  @ApiProperty({ type: String, nullable: true, example: null })
  description!: string | null;

  @ApiProperty({ example: 'production' })
  environment!: string;

  @ApiProperty({ example: 0.05 })
  share!: number;

  @ApiProperty({ description: 'Salt of its hash.', example: 'holdout:2026-q1' })
  salt!: string;

  @ApiProperty({ enum: STATES, example: 'running' })
  state!: (typeof STATES)[number];

  @ApiProperty({ type: [HoldoutTaskDto] })
  tasks!: HoldoutTaskDto[];

  @ApiProperty({ type: [HoldoutMetricDto] })
  metrics!: HoldoutMetricDto[];

  @ApiProperty({
    description: 'Units of both groups at which the intervals of its results are narrowest.',
    example: 5000,
  })
  plannedUnits!: number;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  startAt!: Date | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  endAt!: Date | null;

  @ApiProperty({ description: 'Goes up at every change.', example: 1 })
  revision!: number;

  @ApiProperty({ example: 'first admin' })
  createdBy!: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-05T09:00:00.000Z' })
  createdAt!: Date;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: '2026-01-05T09:00:00.000Z' })
  startedAt!: Date | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  endedAt!: Date | null;
}
