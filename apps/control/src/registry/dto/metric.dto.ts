import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { MetricDefinition, MetricInput } from '@app/registry';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsNumber,
  IsObject,
  IsOptional,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { IsEventName, IsKey, IsText, MayBeAbsent } from '../../http/validators.js';

const KINDS = ['proportion', 'count', 'mean', 'ratio', 'quantile'] as const;
const AGGREGATES = ['sum', 'mean', 'max', 'last', 'any'] as const;
const DIRECTIONS = ['increase', 'decrease', 'none'] as const;
const TEN_YEARS = 10 * 365 * 86_400;

export class MetricWindowDto {
  @ApiPropertyOptional({
    description: 'Seconds after the first exposure at which counting begins.',
    default: 0,
    example: 0,
  })
  @MayBeAbsent()
  @IsNumber()
  @Min(0)
  @Max(TEN_YEARS)
  delay?: number;

  @ApiPropertyOptional({
    type: Number,
    nullable: true,
    description: 'Seconds that count from there; left out: no end.',
    example: 604_800,
  })
  @IsOptional()
  @IsNumber()
  @Min(1)
  @Max(TEN_YEARS)
  length?: number | null;
}

/** A definition without its key. */
export class UpdateMetricDto {
  @ApiPropertyOptional({ description: 'For people; the key when left out.', example: 'Answer quality' })
  @MayBeAbsent()
  @IsText(200)
  name?: string;

  @ApiPropertyOptional({ type: String, nullable: true, example: 'Score of the evaluator' })
  @IsOptional()
  @IsText(2000)
  description?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true, description: 'Shown beside figures.', example: 'USD' })
  @IsOptional()
  @IsText(50)
  unitLabel?: string | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    description:
      'Unit type it is measured at; left out: whatever the task randomises. An experiment of another type is refused.',
    example: 'user',
  })
  @IsOptional()
  @IsText(50)
  unitType?: string | null;

  @ApiProperty({
    description:
      'What the number of a unit is: `proportion` (did it ever happen), `count`, `mean` (of its events), `ratio` (of two sums), `quantile`.',
    enum: KINDS,
    example: 'mean',
  })
  @IsIn(KINDS)
  kind!: (typeof KINDS)[number];

  @ApiPropertyOptional({
    description: 'Name of the event it is made from; the key when left out.',
    example: 'quality',
  })
  @MayBeAbsent()
  @IsEventName()
  source?: string;

  @ApiPropertyOptional({
    description:
      'How a unit’s events become one value. Default by kind: proportion max, count sum, mean mean, ratio sum.',
    enum: AGGREGATES,
    example: 'mean',
  })
  @MayBeAbsent()
  @IsIn(AGGREGATES)
  aggregate?: (typeof AGGREGATES)[number];

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    description: 'Event above the line of a ratio.',
    example: 'cost_usd',
  })
  @IsOptional()
  @IsEventName()
  numerator?: string | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    description: 'Event below the line of a ratio.',
    example: 'requests',
  })
  @IsOptional()
  @IsEventName()
  denominator?: string | null;

  @ApiPropertyOptional({
    type: Number,
    nullable: true,
    description: 'Level of a quantile, between 0 and 1.',
    example: 0.95,
  })
  @IsOptional()
  @IsNumber()
  @Min(0.001)
  @Max(0.999)
  quantile?: number | null;

  @ApiProperty({
    description: 'Which way is good. `none`: it is only ever looked at (exploratory).',
    enum: DIRECTIONS,
    example: 'increase',
  })
  @IsIn(DIRECTIONS)
  direction!: (typeof DIRECTIONS)[number];

  @ApiPropertyOptional({
    description: '`log`: the mean of logarithms, for heavy tails.',
    enum: ['none', 'log'],
    default: 'none',
  })
  @MayBeAbsent()
  @IsIn(['none', 'log'])
  transform?: 'none' | 'log';

  @ApiPropertyOptional({
    type: Number,
    nullable: true,
    description:
      'Service level: an event counts when its value is above this. Makes a proportion of latencies.',
    example: 3000,
  })
  @IsOptional()
  @IsNumber()
  threshold?: number | null;

  @ApiPropertyOptional({
    type: [Number],
    nullable: true,
    minItems: 2,
    maxItems: 2,
    description:
      'Limits of a bounded score. Bounded metrics decide after 100 units an arm, others after 1,000.',
    example: [0, 1],
  })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(2)
  @ArrayMaxSize(2)
  @IsNumber({}, { each: true })
  bounds?: [number, number] | null;

  @ApiPropertyOptional({
    type: Number,
    nullable: true,
    description: 'Larger values are taken as this.',
    example: 60_000,
  })
  @IsOptional()
  @IsNumber()
  cap?: number | null;

  @ApiPropertyOptional({
    type: MetricWindowDto,
    description: 'Which events of a unit count, by their distance from its first exposure.',
  })
  @MayBeAbsent()
  @IsObject()
  @ValidateNested()
  @Type(() => MetricWindowDto)
  window?: MetricWindowDto;

  @ApiPropertyOptional({
    description:
      'A unit without events: `zero`, or `exclude` it (its share is shown as coverage). Default: zero for a count, else exclude.',
    enum: ['zero', 'exclude'],
  })
  @MayBeAbsent()
  @IsIn(['zero', 'exclude'])
  missing?: 'zero' | 'exclude';

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    description: 'Attribute known before exposure that explains it (CUPED).',
    example: null,
  })
  @IsOptional()
  @IsText(100)
  covariate?: string | null;
}

export class CreateMetricDto extends UpdateMetricDto {
  @ApiProperty({ description: 'Its name in experiments; it never changes.', example: 'quality' })
  @IsKey()
  key!: string;
}

export class MetricDto {
  @ApiProperty({ example: 'quality' })
  key!: string;

  @ApiProperty({ description: 'Experiments keep the version they were started with.', example: 1 })
  version!: number;

  @ApiProperty({ example: 'Answer quality' })
  name!: string;

  @ApiProperty({ type: String, nullable: true, example: null })
  description!: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  unitLabel!: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  unitType!: string | null;

  @ApiProperty({ enum: KINDS, example: 'mean' })
  kind!: (typeof KINDS)[number];

  @ApiProperty({ example: 'quality' })
  source!: string;

  @ApiProperty({ enum: AGGREGATES, example: 'mean' })
  aggregate!: (typeof AGGREGATES)[number];

  @ApiProperty({ type: String, nullable: true, example: null })
  numerator!: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  denominator!: string | null;

  @ApiProperty({ type: Number, nullable: true, example: null })
  quantile!: number | null;

  @ApiProperty({ enum: DIRECTIONS, example: 'increase' })
  direction!: (typeof DIRECTIONS)[number];

  @ApiProperty({ enum: ['none', 'log'], example: 'none' })
  transform!: 'none' | 'log';

  @ApiProperty({ type: Number, nullable: true, example: null })
  threshold!: number | null;

  @ApiProperty({ type: [Number], nullable: true, example: [0, 1] })
  bounds!: readonly [number, number] | null;

  @ApiProperty({ type: Number, nullable: true, example: null })
  cap!: number | null;

  @ApiProperty({ type: MetricWindowDto })
  window!: MetricWindowDto;

  @ApiProperty({ enum: ['zero', 'exclude'], example: 'exclude' })
  missing!: 'zero' | 'exclude';

  @ApiProperty({ type: String, nullable: true, example: null })
  covariate!: string | null;

  @ApiProperty({ example: 'first admin' })
  createdBy!: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-05T09:00:00.000Z' })
  createdAt!: Date;
}

export function metricDto({ id: _id, windowDelayS, windowLengthS, ...metric }: MetricDefinition): MetricDto {
  return { ...metric, window: { delay: windowDelayS, length: windowLengthS } };
}

export function metricInput({ window, ...body }: UpdateMetricDto): MetricInput {
  return { ...body, windowDelayS: window?.delay, windowLengthS: window?.length };
}
