import { ApiProperty } from '@nestjs/swagger';
import { DiscoveryDto } from './discovery.dto.js';

const ROLES = ['success', 'guardrail', 'exploratory'];

export class IntervalDto {
  @ApiProperty({ type: Number, nullable: true, description: 'Lower end; null: unbounded.', example: -0.01 })
  lower!: number | null;

  @ApiProperty({ type: Number, nullable: true, description: 'Upper end; null: unbounded.', example: 0.05 })
  upper!: number | null;
}

export class RatioDto {
  @ApiProperty({ type: Number, nullable: true, description: 'Sum over sum.' })
  value!: number | null;

  @ApiProperty({ type: Number, nullable: true, description: 'Its standard error by the delta method.' })
  se!: number | null;
}

export class QuantileDto {
  @ApiProperty({ description: 'Which quantile.', example: 0.95 })
  level!: number;

  @ApiProperty({ description: 'The value that this share of all events is at or below.', example: 1840 })
  value!: number;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Standard error with units as clusters; null: too few events beyond the quantile.',
  })
  se!: number | null;

  @ApiProperty({ description: 'Events of the arm’s units.', example: 7350 })
  events!: number;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'By how much the variance is larger because events of one unit are alike; 1: not at all.',
    example: 1.7,
  })
  designEffect!: number | null;
}

export class ArmSummaryDto {
  @ApiProperty({ description: 'Units with a value whose window has closed.', example: 2450 })
  n!: number;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Mean over units; null for a ratio or a quantile.',
    example: 0.71,
  })
  mean!: number | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Sample standard deviation over units; null for a quantile.',
    example: 0.45,
  })
  sd!: number | null;

  @ApiProperty({ type: RatioDto, required: false, description: 'Only for ratio metrics.' })
  ratio?: RatioDto;

  @ApiProperty({
    type: QuantileDto,
    required: false,
    nullable: true,
    description: 'Only for quantile metrics; null without events.',
  })
  quantile?: QuantileDto | null;

  @ApiProperty({
    description: 'Units seen whose window is still open; they are not in the figures.',
    example: 0,
  })
  openUnits!: number;

  @ApiProperty({
    type: Number,
    nullable: true,
    description:
      'Share of the arm’s units that have a value. A share that differs between arms is a warning.',
    example: 0.98,
  })
  coverage!: number | null;
}

export class FixedTestDto {
  @ApiProperty()
  t!: number;

  @ApiProperty({ description: 'Degrees of freedom (Satterthwaite).' })
  df!: number;

  @ApiProperty({ description: 'Two-sided p-value.' })
  p!: number;

  @ApiProperty({ type: [Number], minItems: 2, maxItems: 2, description: '95 % interval of the difference.' })
  ci95!: readonly [number, number];
}

export class SequentialDto {
  @ApiProperty({
    description: 'Confidence of the intervals below, after splitting over metrics and comparisons.',
  })
  level!: number;

  @ApiProperty({ description: 'Planned units of the comparison, fixed at start; tunes the width.' })
  nStar!: number;

  @ApiProperty({ type: IntervalDto, nullable: true, description: 'Of the difference.' })
  difference!: IntervalDto | null;

  @ApiProperty({ type: IntervalDto, nullable: true, description: 'Of the lift.' })
  lift!: IntervalDto | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Always-valid p-value: holds however often one looks.',
  })
  p!: number | null;

  @ApiProperty({ description: 'Too few units yet: shown, never decided on.' })
  burnIn!: boolean;
}

export class LookMarginDto {
  @ApiProperty({ example: 0.05 })
  value!: number;

  @ApiProperty({ enum: ['relative', 'absolute'] })
  type!: string;

  @ApiProperty({ description: 'Nobody declared one, so the default holds.' })
  isDefault!: boolean;
}

export class GuardrailDto {
  @ApiProperty({
    enum: ['pass', 'degraded', 'fail', 'undecided'],
    description:
      '`pass`: proven not worse than the margin. `degraded`: worse, within the margin. `fail`: worse than the margin. Not seeing harm is `undecided`, never `pass`.',
  })
  outcome!: string;

  @ApiProperty({ type: LookMarginDto, description: 'The largest loss that is accepted.' })
  margin!: LookMarginDto;

  @ApiProperty({ type: Number, nullable: true, description: 'The margin in the metric’s own unit.' })
  marginAbsolute!: number | null;

  @ApiProperty({ type: Number, nullable: true, description: 'Proven when above 0.' })
  nonInferiorityBound!: number | null;

  @ApiProperty({
    enum: ['now', 'earlier', 'no'],
    description:
      'Whether the bound excludes the margin at this look, or did at an earlier one and the estimate is still within the margin.',
  })
  proven!: string;

  @ApiProperty({ type: Number, nullable: true, description: 'Harm is called when at or below `harmAlpha`.' })
  harmP!: number | null;

  @ApiProperty()
  harmAlpha!: number;

  @ApiProperty()
  burnIn!: boolean;
}

class UnadjustedDto {
  @ApiProperty({ description: 'Challenger minus control.' })
  difference!: number;

  @ApiProperty()
  se!: number;

  @ApiProperty({ type: Number, nullable: true })
  lift!: number | null;
}

export class AdjustmentDto {
  @ApiProperty({ description: 'Change of the metric for one more of the covariate.' })
  theta!: number;

  @ApiProperty({ description: 'Share of the units that have the covariate.', example: 0.94 })
  coverage!: number;

  @ApiProperty({ description: 'Share of the variance that the covariate took.', example: 0.38 })
  varianceReduction!: number;

  @ApiProperty({ type: UnadjustedDto, description: 'The figures without it.' })
  unadjusted!: UnadjustedDto;
}

export class PlannedProgressDto {
  @ApiProperty({ description: 'Units whose window has closed, over the planned ones.', example: 0.62 })
  informationFraction!: number;

  @ApiProperty({ description: 'Analyses taken so far.', example: 9 })
  analyses!: number;

  @ApiProperty({ type: Number, nullable: true, description: '|z| from which the latest analysis rejects.' })
  critical!: number | null;

  @ApiProperty({ type: Number, nullable: true, description: 'z below which going on is futile.' })
  futility!: number | null;

  @ApiProperty({ description: 'Going on would hardly find the effect worth having.' })
  futile!: boolean;
}

export class MetricComparisonDto {
  @ApiProperty({ example: 'quality' })
  metric!: string;

  @ApiProperty({ enum: ROLES })
  role!: string;

  @ApiProperty({ enum: ['increase', 'decrease', 'none'], description: 'Which way is better.' })
  direction!: string;

  @ApiProperty({ type: Number, nullable: true, description: 'Challenger minus control.', example: 0.021 })
  difference!: number | null;

  @ApiProperty({ type: Number, nullable: true, description: 'Standard error of the difference.' })
  se!: number | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Difference as a fraction of the control.',
    example: 0.03,
  })
  lift!: number | null;

  @ApiProperty({ type: Number, nullable: true })
  liftSe!: number | null;

  @ApiProperty({
    type: AdjustmentDto,
    nullable: true,
    description: 'The covariate behind difference, lift and intervals (CUPED); null where none was used.',
  })
  adjustment!: AdjustmentDto | null;

  @ApiProperty({
    type: FixedTestDto,
    nullable: true,
    description:
      'The usual fixed test, to compare with other tools. Wrong when looked at more than once; decides nothing.',
  })
  welch!: FixedTestDto | null;

  @ApiProperty({ type: SequentialDto, description: 'What decides: valid at every look.' })
  sequential!: SequentialDto;

  @ApiProperty({
    type: IntervalDto,
    nullable: true,
    description: 'Always-valid 95 % interval of the difference.',
  })
  interval95!: IntervalDto | null;

  @ApiProperty({
    type: IntervalDto,
    nullable: true,
    description: 'Always-valid 99.9 % interval of the difference.',
  })
  interval999!: IntervalDto | null;

  @ApiProperty({ type: Number, nullable: true, description: 'p after Holm; success metrics only.' })
  adjustedP!: number | null;

  @ApiProperty({
    enum: [
      'better',
      'worse',
      'undecided',
      'no-effect',
      'pass',
      'degraded',
      'fail',
      'exploratory',
      'insufficient',
    ],
  })
  outcome!: string;

  @ApiProperty({ type: GuardrailDto, required: false })
  guardrail?: GuardrailDto;

  @ApiProperty({
    type: DiscoveryDto,
    required: false,
    description: 'Exploratory metrics after burn-in: whether this one stands out. Decides nothing.',
  })
  discovery?: DiscoveryDto;

  @ApiProperty({
    type: PlannedProgressDto,
    required: false,
    description: 'Success metrics under a plan that is not sequential: how far its test has come.',
  })
  planned?: PlannedProgressDto;

  @ApiProperty({ type: [String], description: 'What to keep in mind when reading it.' })
  notes!: readonly string[];
}
