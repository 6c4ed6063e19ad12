import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { type Condition, OPERATORS } from '@app/bucketing';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsNumber,
  IsObject,
  IsOptional,
  IsPositive,
  IsString,
  Length,
  Max,
  ValidateNested,
} from 'class-validator';
import { IsInstant } from '../../http/instant.js';
import { IsCondition, IsTextMap } from '../../http/is-condition.js';
import { IsKey, IsText, MayBeAbsent } from '../../http/validators.js';
import { ExperimentMetricDto, PlanDto, PrerequisiteDto, VariantDto } from './experiment-parts.dto.js';

const TEMPLATES = ['quality-up', 'cost-down', 'latency-down'] as const;
const ASSIGNMENTS = ['platform', 'given'] as const;

/** What may be left out of an experiment. */
class ExperimentOptionsDto {
  @ApiPropertyOptional({
    description: 'For people; the key when left out.',
    example: 'Larger model for support replies',
  })
  @MayBeAbsent()
  @IsText(200)
  name?: string;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    description: 'Who answers for it.',
    example: 'ana@example.com',
  })
  @IsOptional()
  @IsText(200)
  owner?: string | null;

  @ApiPropertyOptional({ type: [String], example: ['support', 'q1'] })
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(20)
  @ArrayUnique()
  @IsString({ each: true })
  @Length(1, 50, { each: true })
  tags?: string[];

  @ApiPropertyOptional({
    enum: TEMPLATES,
    nullable: true,
    description: 'What it is after.',
    example: 'quality-up',
  })
  @IsOptional()
  @IsIn(TEMPLATES)
  template?: (typeof TEMPLATES)[number] | null;

  @ApiPropertyOptional({
    enum: ASSIGNMENTS,
    default: 'platform',
    description:
      '`platform`: we say who gets which variant. `given`: you do, and your exposure events carry the variant.',
  })
  @MayBeAbsent()
  @IsIn(ASSIGNMENTS)
  assignment?: (typeof ASSIGNMENTS)[number];

  @ApiPropertyOptional({
    type: Object,
    nullable: true,
    description:
      'Who takes part, by the attributes sent with the request: `{attribute, operator, value}`, nested by `all`, `any`, `not`, or `{segment}`. Operators: ' +
      OPERATORS.join(', ') +
      '. Left out: everyone.',
    example: { attribute: 'country', operator: 'in', value: ['DE', 'AT'] },
  })
  @IsOptional()
  @IsCondition()
  audience?: Condition | null;

  @ApiPropertyOptional({
    type: [PrerequisiteDto],
    description:
      'What other tasks must answer a unit before this experiment may take it. All must hold; the question exposes nothing there.',
    example: [],
  })
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(10)
  @ValidateNested({ each: true })
  @Type(() => PrerequisiteDto)
  prerequisites?: PrerequisiteDto[];

  @ApiPropertyOptional({
    type: Object,
    description: 'Named units and the variant they always get, for trying it out; never analysed.',
    example: { 'user-of-ana': 'large' },
  })
  @MayBeAbsent()
  @IsTextMap(1000)
  overrides?: Record<string, string>;

  @ApiPropertyOptional({
    description:
      'Part of the task’s traffic that takes part, above 0 up to 1. The experiments of one task share what there is.',
    default: 1,
    example: 0.5,
  })
  @MayBeAbsent()
  @IsNumber()
  @IsPositive()
  @Max(1)
  trafficShare?: number;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Starts by itself then, if it is still a draft. Left out: you start it.',
    example: '2099-01-05T08:00:00Z',
  })
  @IsOptional()
  @IsInstant()
  startAt?: string | null;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Stops by itself then, without shipping anything. Left out: you conclude it.',
    example: '2099-02-02T08:00:00Z',
  })
  @IsOptional()
  @IsInstant()
  endAt?: string | null;

  @ApiPropertyOptional({
    type: [String],
    description: 'Attributes by which results can be split.',
    example: ['country'],
  })
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(20)
  @ArrayUnique()
  @IsString({ each: true })
  @Length(1, 100, { each: true })
  dimensions?: string[];

  @ApiPropertyOptional({
    type: [String],
    description:
      'Attributes known before exposure that explain the metrics (CUPED). The first one adjusts every metric without a covariate of its own; its value is the number sent with the first exposure of a unit.',
    example: [],
  })
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(20)
  @ArrayUnique()
  @IsString({ each: true })
  @Length(1, 100, { each: true })
  covariates?: string[];

  @ApiPropertyOptional({ type: PlanDto, description: 'How evidence is judged; sensible defaults.' })
  @MayBeAbsent()
  @IsObject()
  @ValidateNested()
  @Type(() => PlanDto)
  plan?: PlanDto;
}

export class CreateExperimentDto extends ExperimentOptionsDto {
  @ApiProperty({ description: 'Its name in addresses and events; it never changes.', example: 'reply-large' })
  @IsKey()
  key!: string;

  @ApiProperty({ description: 'Key of the task it asks about.', example: 'support-reply' })
  @IsKey()
  task!: string;

  @ApiProperty({ description: 'Where it runs.', example: 'production' })
  @IsText(63)
  environment!: string;

  @ApiProperty({
    description: 'What you believe, and what would convince you.',
    example: 'The larger model answers better, and nobody waits longer for it.',
  })
  @IsText(5000)
  hypothesis!: string;

  @ApiProperty({ type: [VariantDto], description: 'Two or more, one of them the control.' })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => VariantDto)
  variants!: VariantDto[];

  @ApiProperty({
    type: [ExperimentMetricDto],
    description: 'What decides, what is watched, what is looked at.',
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => ExperimentMetricDto)
  metrics!: ExperimentMetricDto[];
}

/** What changes; the rest stays. Lists are given whole. */
export class UpdateExperimentDto extends ExperimentOptionsDto {
  @ApiPropertyOptional({ description: 'Drafts only.', example: 'support-reply' })
  @MayBeAbsent()
  @IsKey()
  task?: string;

  @ApiPropertyOptional({ description: 'Drafts only.', example: 'production' })
  @MayBeAbsent()
  @IsText(63)
  environment?: string;

  @ApiPropertyOptional({ description: 'Drafts only.', example: 'The larger model answers better.' })
  @MayBeAbsent()
  @IsText(5000)
  hypothesis?: string;

  @ApiPropertyOptional({ type: [VariantDto], description: 'While it runs only the weights may differ.' })
  @MayBeAbsent()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => VariantDto)
  variants?: VariantDto[];

  @ApiPropertyOptional({
    type: [ExperimentMetricDto],
    description: 'While it runs exploratory ones may be added.',
  })
  @MayBeAbsent()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => ExperimentMetricDto)
  metrics?: ExperimentMetricDto[];
}
