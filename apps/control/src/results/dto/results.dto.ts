import { ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { ArmSummaryDto, IntervalDto } from './figures.dto.js';
import { ComparisonDto, ComparisonFiguresDto, LookReasonDto, VerdictDto } from './verdict.dto.js';

const SUMMARIES = {
  description: 'Per metric and arm: what anybody would compute from the units’ values.',
  type: 'object',
  additionalProperties: {
    type: 'object',
    additionalProperties: { $ref: getSchemaPath(ArmSummaryDto) },
  },
} as const;

export class SrmFixedDto {
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    description: 'Units per arm.',
    example: { small: 2455, large: 2461 },
  })
  counts!: Readonly<Record<string, number>>;

  @ApiProperty({ description: 'Pearson’s chi-squared.' })
  statistic!: number;

  @ApiProperty()
  df!: number;

  @ApiProperty()
  p!: number;
}

export class SrmSequentialDto {
  @ApiProperty({ description: 'Logarithm of the evidence against the planned split.' })
  logE!: number;

  @ApiProperty({ description: 'Always-valid p-value.' })
  p!: number;

  @ApiProperty()
  alarm!: boolean;
}

export class CrossingDto {
  @ApiProperty({ description: 'Units seen in two arms.' })
  units!: number;

  @ApiProperty({ description: 'Units ever seen.' })
  exposed!: number;

  @ApiProperty({ type: Number, nullable: true })
  share!: number | null;

  @ApiProperty({ type: Number, nullable: true, description: 'Lower 95 % bound of the share.' })
  lower95!: number | null;

  @ApiProperty()
  alarm!: boolean;
}

export class IntegrityDto {
  @ApiProperty({
    type: SrmFixedDto,
    nullable: true,
    description: 'Did units arrive in the planned split? Null when the weights changed on the way.',
  })
  srmFixed!: SrmFixedDto | null;

  @ApiProperty({
    type: SrmSequentialDto,
    description: 'The same question, valid at every look; an alarm makes it INVALID.',
  })
  srmSequential!: SrmSequentialDto;

  @ApiProperty({ type: CrossingDto })
  crossing!: CrossingDto;

  @ApiProperty({ description: 'Whether the data can be trusted.' })
  valid!: boolean;

  @ApiProperty({ type: [LookReasonDto] })
  reasons!: readonly LookReasonDto[];
}

export class LookDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ description: 'Counted from 1.', example: 12 })
  number!: number;

  @ApiProperty({ type: String, format: 'date-time' })
  at!: Date;

  @ApiProperty({ enum: ['schedule', 'request', 'conclusion', 'rollout'] })
  trigger!: string;

  @ApiProperty({
    description: 'SHA-256 of all that went in. The look can be recomputed from it at any time.',
  })
  inputsDigest!: string;

  @ApiProperty({ description: 'SHA-256 of all that came out.' })
  resultDigest!: string;

  @ApiProperty({ example: '1.0.0' })
  estimatorVersion!: string;
}

export class ResultsDto {
  @ApiProperty({ example: 'reply-large' })
  experiment!: string;

  @ApiProperty({ type: LookDto })
  look!: LookDto;

  @ApiProperty({ type: [ComparisonDto], description: 'One verdict per challenger.' })
  comparisons!: readonly ComparisonDto[];

  @ApiProperty({ type: IntegrityDto })
  integrity!: IntegrityDto;

  @ApiProperty({ description: 'Units seen in two arms; they are in no figure.', example: 0 })
  crossingUnits!: number;

  @ApiProperty(SUMMARIES)
  summaries!: Readonly<Record<string, Readonly<Record<string, ArmSummaryDto>>>>;
}

export class ExplorationValueDto {
  @ApiProperty({ description: 'Value of the dimension; empty for units without it.', example: 'gold' })
  value!: string;

  @ApiProperty({ description: 'Units in the figures.' })
  units!: number;

  @ApiProperty(SUMMARIES)
  summaries!: Readonly<Record<string, Readonly<Record<string, ArmSummaryDto>>>>;

  @ApiProperty({ type: [ComparisonFiguresDto] })
  comparisons!: readonly ComparisonFiguresDto[];
}

export class ExplorationDto {
  @ApiProperty({ example: 'reply-large' })
  experiment!: string;

  @ApiProperty({ example: 'tier' })
  dimension!: string;

  @ApiProperty({ enum: [true], description: 'To find questions, not answers: no verdict follows from it.' })
  exploratory!: true;

  @ApiProperty({ type: [ExplorationValueDto] })
  values!: readonly ExplorationValueDto[];
}

export class LookHistoryDto {
  @ApiProperty({ example: 12 })
  number!: number;

  @ApiProperty({ type: String, format: 'date-time' })
  at!: Date;

  @ApiProperty({ enum: ['schedule', 'request', 'conclusion', 'rollout'] })
  trigger!: string;

  @ApiProperty()
  inputsDigest!: string;

  @ApiProperty({ type: [VerdictDto] })
  comparisons!: readonly VerdictDto[];
}

export class ArmPointDto {
  @ApiProperty()
  look!: number;

  @ApiProperty({ type: String, format: 'date-time' })
  at!: Date;

  @ApiProperty()
  n!: number;

  @ApiProperty({ type: Number, nullable: true, description: 'Mean, ratio or quantile.' })
  value!: number | null;

  @ApiProperty({ type: Number, nullable: true })
  sd!: number | null;
}

export class ComparisonPointDto {
  @ApiProperty()
  look!: number;

  @ApiProperty({ type: String, format: 'date-time' })
  at!: Date;

  @ApiProperty({ enum: ['STOP_HARM', 'INVALID', 'SHIP', 'STOP_NO_EFFECT', 'KEEP_RUNNING'] })
  verdict!: string;

  @ApiProperty({ type: Number, nullable: true })
  difference!: number | null;

  @ApiProperty({
    type: IntervalDto,
    nullable: true,
    description: 'Always-valid 95 % interval of the difference.',
  })
  interval95!: IntervalDto | null;

  @ApiProperty({ type: Number, nullable: true })
  lift!: number | null;
}

export class ArmSeriesDto {
  @ApiProperty({ example: 'large' })
  variant!: string;

  @ApiProperty({ type: [ArmPointDto] })
  points!: readonly ArmPointDto[];
}

export class ComparisonSeriesDto {
  @ApiProperty()
  control!: string;

  @ApiProperty()
  treatment!: string;

  @ApiProperty({ type: [ComparisonPointDto] })
  points!: readonly ComparisonPointDto[];
}

export class MetricSeriesDto {
  @ApiProperty({ example: 'quality' })
  metric!: string;

  @ApiProperty({ type: [ArmSeriesDto] })
  arms!: readonly ArmSeriesDto[];

  @ApiProperty({ type: [ComparisonSeriesDto] })
  comparisons!: readonly ComparisonSeriesDto[];
}

export class TimeseriesDto {
  @ApiProperty({ example: 'reply-large' })
  experiment!: string;

  @ApiProperty({ type: [MetricSeriesDto] })
  metrics!: readonly MetricSeriesDto[];
}

export class DailyArmDto {
  @ApiProperty({ example: 'large' })
  variant!: string;

  @ApiProperty({ description: 'Units of the day with a value whose window has closed.', example: 170 })
  n!: number;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Mean or ratio over the day’s units; null for a quantile.',
    example: 0.71,
  })
  value!: number | null;

  @ApiProperty({ type: Number, nullable: true, description: 'Standard deviation over units.' })
  sd!: number | null;
}

export class DailyMetricDto {
  @ApiProperty({ example: 'quality' })
  metric!: string;

  @ApiProperty({ type: [DailyArmDto] })
  arms!: readonly DailyArmDto[];
}

export class DayDto {
  @ApiProperty({ description: 'Day of first exposure, UTC.', example: '2026-01-05' })
  day!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    description: 'Units first exposed that day, per arm.',
    example: { small: 171, large: 170 },
  })
  units!: Readonly<Record<string, number>>;

  @ApiProperty({ type: [DailyMetricDto] })
  metrics!: readonly DailyMetricDto[];
}

export class DailyDto {
  @ApiProperty({ example: 'reply-large' })
  experiment!: string;

  @ApiProperty({ type: [DayDto], description: 'Oldest first.' })
  days!: readonly DayDto[];
}
