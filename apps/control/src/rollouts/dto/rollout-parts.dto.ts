import { ApiProperty } from '@nestjs/swagger';
import { STEP_KINDS, type StepKind } from '@app/rollouts';

const OUTCOMES = ['pass', 'degraded', 'fail', 'undecided'] as const;
const BENEFITS = ['better', 'worse', 'undecided', 'no-effect', 'insufficient'] as const;

export class RolloutReasonDto {
  @ApiProperty({ description: 'Stable.', example: 'GUARDRAIL_UNDECIDED' })
  code!: string;

  @ApiProperty({
    example: 'It is not proven yet that quality loses less than 0.04: 812 of about 5000 units are measured.',
  })
  message!: string;

  @ApiProperty({ required: false, example: 'quality' })
  metric?: string;
}

export class MarginDto {
  @ApiProperty({ example: 0.05 })
  value!: number;

  @ApiProperty({ enum: ['relative', 'absolute'], example: 'relative' })
  type!: 'relative' | 'absolute';

  @ApiProperty({ description: 'Nobody declared it; the default of 5 % was taken.', example: true })
  isDefault!: boolean;
}

export class GateDto {
  @ApiProperty({ example: 'quality' })
  metric!: string;

  @ApiProperty({
    enum: OUTCOMES,
    description:
      '`pass`: proven not to lose more than the stage allows; `degraded`: a real loss, but within the margin; `fail`: worse than allowed; `undecided`: not proven yet.',
    example: 'undecided',
  })
  outcome!: (typeof OUTCOMES)[number];

  @ApiProperty({ type: MarginDto, description: 'What the stage allows to lose.' })
  margin!: MarginDto;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'The margin in the metric’s own unit.',
    example: 0.04,
  })
  marginAbsolute!: number | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Always-valid lower bound of (difference, good is positive) + margin. Proven when above 0.',
    example: -0.012,
  })
  bound!: number | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Challenger − all units on the champion, as observed.',
    example: 0.013,
  })
  difference!: number | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'The same, relative to the champion.',
    example: 0.017,
  })
  lift!: number | null;

  @ApiProperty({
    description: 'Units with a value, challenger and control, since the rollout began.',
    example: 812,
  })
  measuredUnits!: number;

  @ApiProperty({ description: 'Units at which the gate is expected to be decided.', example: 5000 })
  expectedUnits!: number;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'What a decision still needs, in words.',
    example: null,
  })
  missing!: string | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Running p-value of harm beyond the harm margin; rolls back at `harmAlpha`.',
    example: 0.84,
  })
  harmP!: number | null;

  @ApiProperty({
    description: 'This metric’s share of the 0.01 spent on harm in the whole rollout.',
    example: 0.005,
  })
  harmAlpha!: number;
}

export class BenefitDto {
  @ApiProperty({ example: 'quality' })
  metric!: string;

  @ApiProperty({ enum: BENEFITS, example: 'better' })
  outcome!: (typeof BENEFITS)[number];

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'After Holm over the success metrics.',
    example: 0.003,
  })
  adjustedP!: number | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Challenger − concurrent control.',
    example: 0.031,
  })
  difference!: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 0.041 })
  lift!: number | null;

  @ApiProperty({
    type: 'object',
    nullable: true,
    description: 'Always-valid interval of the difference; null where unbounded.',
    properties: { lower: { type: 'number', nullable: true }, upper: { type: 'number', nullable: true } },
    required: ['lower', 'upper'],
    example: { lower: 0.008, upper: 0.054 },
  })
  interval!: { lower: number | null; upper: number | null } | null;
}

export class StageUnitsDto {
  @ApiProperty({ example: 640 })
  challenger!: number;

  @ApiProperty({ example: 655 })
  control!: number;
}

export class NextStepDto {
  @ApiProperty({
    enum: STEP_KINDS,
    description:
      'What the ramp would do now. `HOLD` waits for evidence or time, `REVIEW` for a person; neither changes the share.',
    example: 'HOLD',
  })
  step!: StepKind;

  @ApiProperty({ type: [RolloutReasonDto], description: 'What decides; for HOLD all that is missing.' })
  reasons!: RolloutReasonDto[];

  @ApiProperty({
    type: [GateDto],
    description: 'Every guardrail of this stage: what is proven, what is missing.',
  })
  gates!: GateDto[];

  @ApiProperty({
    type: [BenefitDto],
    description: 'Success metrics; at least one has to be better for promotion.',
  })
  benefit!: BenefitDto[];

  @ApiProperty({
    description: 'The split is as planned, no unit was seen in two arms, scores arrive alike.',
    example: true,
  })
  integrityValid!: boolean;

  @ApiProperty({ type: StageUnitsDto, description: 'Units first seen in this stage.' })
  stageUnits!: StageUnitsDto;

  @ApiProperty({ description: 'Full days of evidence; promotion needs `minDays`.', example: 4 })
  fullDays!: number;
}
