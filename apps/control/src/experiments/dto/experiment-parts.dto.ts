import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsPositive,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { IsKey, IsModelReference, IsName, MayBeAbsent } from '../../http/validators.js';

export class AmountDto {
  @ApiProperty({
    description: 'Above 0. With `relative`, 0.05 is five per cent of the control.',
    example: 0.05,
  })
  @IsNumber()
  @IsPositive()
  @Max(1e12)
  value!: number;

  @ApiProperty({
    description: '`relative` to the control’s mean, or `absolute` in the metric’s own unit.',
    enum: ['relative', 'absolute'],
    example: 'relative',
  })
  @IsIn(['relative', 'absolute'])
  type!: 'relative' | 'absolute';
}

export class VariantDto {
  @ApiProperty({ description: 'Its name in results.', example: 'large' })
  @IsName()
  key!: string;

  @ApiProperty({
    description: 'A model: `key` (its newest version now) or `key@version`.',
    example: 'support-large',
  })
  @IsModelReference()
  model!: string;

  @ApiProperty({ description: 'Relative to the other variants; 1 and 1 is half and half.', example: 1 })
  @IsNumber()
  @Min(0)
  @Max(1_000_000)
  weight!: number;

  @ApiProperty({ description: 'The one the others are compared with. Exactly one.', example: false })
  @IsBoolean()
  control!: boolean;
}

export class PrerequisiteDto {
  @ApiProperty({ description: 'Key of another task with the same unit type.', example: 'intent' })
  @IsKey()
  task!: string;

  @ApiPropertyOptional({
    type: [String],
    description: 'Keys of models, any version: the other task must answer with one of them.',
    example: ['intent-large'],
  })
  @MayBeAbsent()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @ArrayUnique()
  @IsName({ each: true })
  models?: string[];

  @ApiPropertyOptional({
    type: [String],
    description:
      'Keys of variants of whatever runs on the other task; `challenger`, `control` and `champion` of a rollout.',
    example: ['large'],
  })
  @MayBeAbsent()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @ArrayUnique()
  @IsName({ each: true })
  variants?: string[];
}

export class ExperimentMetricDto {
  @ApiProperty({ description: 'Key of a metric.', example: 'quality' })
  @IsKey()
  metric!: string;

  @ApiProperty({
    description:
      '`success`: what should get better. `guardrail`: what must not get worse. `exploratory`: only looked at, never decides.',
    enum: ['success', 'guardrail', 'exploratory'],
    example: 'success',
  })
  @IsIn(['success', 'guardrail', 'exploratory'])
  role!: 'success' | 'guardrail' | 'exploratory';

  @ApiPropertyOptional({
    type: AmountDto,
    nullable: true,
    description: 'Smallest effect worth having. Needed for `success`.',
  })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => AmountDto)
  mde?: AmountDto | null;

  @ApiPropertyOptional({
    type: AmountDto,
    nullable: true,
    description: 'Largest loss a `guardrail` may take; 5 % relative when left out.',
  })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => AmountDto)
  margin?: AmountDto | null;

  @ApiPropertyOptional({
    type: AmountDto,
    nullable: true,
    description: 'Loss of a `guardrail` beyond which harm is called at once; the margin when left out.',
  })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => AmountDto)
  harmMargin?: AmountDto | null;
}

export class PlanDto {
  @ApiPropertyOptional({
    description:
      'How success metrics are judged. `sequential` decides at any look. `group-sequential` needs about a third fewer planned units and decides at looks up to `plannedUnits`, spending its risk over them. `fixed` decides once, at `plannedUnits`. Harm and guardrails are watched at every look under all three.',
    enum: ['sequential', 'group-sequential', 'fixed'],
    default: 'sequential',
  })
  @MayBeAbsent()
  @IsIn(['sequential', 'group-sequential', 'fixed'])
  method?: 'sequential' | 'group-sequential' | 'fixed';

  @ApiPropertyOptional({
    description: 'Risk of a false success over the whole experiment.',
    default: 0.05,
    example: 0.05,
  })
  @MayBeAbsent()
  @IsNumber()
  @Min(0.0001)
  @Max(0.5)
  alpha?: number;

  @ApiPropertyOptional({
    description: 'Chance to find the smallest effect worth having.',
    default: 0.8,
    example: 0.8,
  })
  @MayBeAbsent()
  @IsNumber()
  @Min(0.5)
  @Max(0.999)
  power?: number;

  @ApiPropertyOptional({
    description: 'Units over all variants; left out: from the power calculation, or 5,000 without history.',
    example: 10_000,
  })
  @MayBeAbsent()
  @IsInt()
  @Min(2)
  @Max(1_000_000_000_000)
  plannedUnits?: number;

  @ApiPropertyOptional({
    description: 'Full days before it may ship: a weekly cycle at least.',
    default: 7,
    example: 7,
  })
  @MayBeAbsent()
  @IsNumber()
  @Min(0)
  @Max(3650)
  minDays?: number;

  @ApiPropertyOptional({
    description: 'Risk of a false alarm of harm, over guardrails and comparisons.',
    default: 0.01,
  })
  @MayBeAbsent()
  @IsNumber()
  @Min(0.0001)
  @Max(0.5)
  alphaHarm?: number;

  @ApiPropertyOptional({
    description: 'One-sided risk of passing a guardrail that is not within its margin.',
    default: 0.05,
  })
  @MayBeAbsent()
  @IsNumber()
  @Min(0.0001)
  @Max(0.5)
  alphaNonInferiority?: number;
}
