import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsPositive,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { AmountDto } from '../experiments/dto/experiment-parts.dto.js';
import { MayBeAbsent } from '../http/validators.js';

export class StatedBaselineDto {
  @ApiProperty({ description: 'Mean of the metric today; the rate for a proportion.', example: 0.7 })
  @IsNumber()
  @Min(-1e12)
  @Max(1e12)
  mean!: number;

  @ApiPropertyOptional({
    description: 'Standard deviation between units; left out for a proportion, whose rate says it.',
    example: 0.2,
  })
  @MayBeAbsent()
  @IsNumber()
  @IsPositive()
  @Max(1e12)
  sd?: number;
}

export class PowerDto {
  @ApiProperty({ type: StatedBaselineDto, description: 'What the metric looks like without any change.' })
  @IsObject()
  @ValidateNested()
  @Type(() => StatedBaselineDto)
  baseline!: StatedBaselineDto;

  @ApiProperty({ type: AmountDto, description: 'Smallest effect worth having.' })
  @IsObject()
  @ValidateNested()
  @Type(() => AmountDto)
  mde!: AmountDto;

  @ApiPropertyOptional({
    type: [Number],
    default: [1, 1],
    description: 'Weights of the variants, the control’s first.',
    example: [1, 1],
  })
  @MayBeAbsent()
  @IsArray()
  @ArrayMinSize(2)
  @ArrayMaxSize(20)
  @IsNumber({}, { each: true })
  @IsPositive({ each: true })
  @Max(1_000_000, { each: true })
  weights?: number[];

  @ApiPropertyOptional({
    enum: ['sequential', 'group-sequential', 'fixed'],
    default: 'sequential',
    description: 'How success metrics will be judged.',
  })
  @MayBeAbsent()
  @IsIn(['sequential', 'group-sequential', 'fixed'])
  method?: 'sequential' | 'group-sequential' | 'fixed';

  @ApiPropertyOptional({
    default: 0.05,
    description: 'Risk of a false success over all metrics and variants.',
  })
  @MayBeAbsent()
  @IsNumber()
  @Min(0.0001)
  @Max(0.5)
  alpha?: number;

  @ApiPropertyOptional({ default: 0.8, description: 'Chance to find the effect.' })
  @MayBeAbsent()
  @IsNumber()
  @Min(0.5)
  @Max(0.999)
  power?: number;

  @ApiPropertyOptional({ default: 1, description: 'Success metrics: the level is split over them.' })
  @MayBeAbsent()
  @IsInt()
  @Min(1)
  @Max(50)
  successMetrics?: number;

  @ApiPropertyOptional({ default: 0, description: 'Guardrails: all have to pass, so each needs more power.' })
  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(50)
  guardrails?: number;

  @ApiPropertyOptional({
    description: 'Units a day that would take part; without it days cannot be told.',
    example: 500,
  })
  @MayBeAbsent()
  @IsNumber()
  @IsPositive()
  @Max(1e12)
  unitsPerDay?: number;
}

export class EffectAtDto {
  @ApiProperty({ example: 14 })
  days!: number;

  @ApiProperty({ example: 7000 })
  units!: number;

  @ApiProperty({ description: 'Smallest effect found by then, in the metric’s own unit.', example: 0.021 })
  mde!: number;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'The same as a fraction of the mean.',
    example: 0.03,
  })
  relative!: number | null;
}

export class PowerResultDto {
  @ApiProperty({ description: 'Units over all variants.', example: 4_310 })
  units!: number;

  @ApiProperty({
    type: [Number],
    description: 'Units of each variant, in the order of the weights.',
    example: [2_155, 2_155],
  })
  unitsPerVariant!: number[];

  @ApiProperty({ type: Number, nullable: true, description: 'At `unitsPerDay`.', example: 8.6 })
  days!: number | null;

  @ApiProperty({ description: 'What looking at any time costs over one look at the end.', example: 1.65 })
  inflation!: number;

  @ApiProperty({ description: 'The effect in the metric’s own unit.', example: 0.035 })
  mde!: number;

  @ApiProperty({ type: [EffectAtDto], description: 'What one, two and four weeks would find.' })
  effects!: EffectAtDto[];
}
