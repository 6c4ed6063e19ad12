import { ApiProperty } from '@nestjs/swagger';
import type { HoldoutOutcome, HoldoutVerdict } from '@app/analysis';
import { IntervalDto } from '../results/dto/figures.dto.js';
import { LookReasonDto } from '../results/dto/verdict.dto.js';

const VERDICTS: readonly HoldoutVerdict[] = [
  'INVALID',
  'BETTER',
  'WORSE',
  'MIXED',
  'UNDECIDED',
  'UNMEASURED',
];
const OUTCOMES: readonly HoldoutOutcome[] = [
  'better',
  'worse',
  'higher',
  'lower',
  'undecided',
  'insufficient',
];
const DIRECTIONS = ['increase', 'decrease', 'none'] as const;

export class HoldoutArmDto {
  @ApiProperty({ description: 'Units with a value.', example: 2450 })
  units!: number;

  @ApiProperty({ type: Number, nullable: true, description: 'Mean, or ratio.', example: 0.71 })
  value!: number | null;
}

export class HoldoutEffectDto {
  @ApiProperty({ example: 'quality' })
  metric!: string;

  @ApiProperty({ example: 1 })
  version!: number;

  @ApiProperty({ enum: DIRECTIONS, example: 'increase' })
  direction!: (typeof DIRECTIONS)[number];

  @ApiProperty({ type: HoldoutArmDto, description: 'Units kept on the champions of its beginning.' })
  held!: HoldoutArmDto;

  @ApiProperty({ type: HoldoutArmDto, description: 'As many units that took part in everything.' })
  open!: HoldoutArmDto;

  @ApiProperty({ type: Number, nullable: true, description: 'Open less held.', example: 0.031 })
  difference!: number | null;

  @ApiProperty({ type: Number, nullable: true, description: 'The same relative to held.', example: 0.044 })
  lift!: number | null;

  @ApiProperty({
    type: IntervalDto,
    nullable: true,
    description: 'Of the difference; holds however often you look, for all metrics together.',
  })
  interval!: IntervalDto | null;

  @ApiProperty({ type: IntervalDto, nullable: true, description: 'Of the lift.' })
  liftInterval!: IntervalDto | null;

  @ApiProperty({ description: 'One less the level of the intervals (Holm).', example: 0.025 })
  level!: number;

  @ApiProperty({ type: Number, nullable: true, description: 'After Holm over all metrics.', example: 0.003 })
  adjustedP!: number | null;

  @ApiProperty({
    enum: OUTCOMES,
    description: '`higher` and `lower` are of metrics without a good direction.',
    example: 'better',
  })
  outcome!: HoldoutOutcome;

  @ApiProperty({
    example:
      'quality is better with all changes than without: 0.74 against 0.709, a difference of +0.031 (+4.4 %), surely between +0.012 and +0.05.',
  })
  words!: string;
}

export class HoldoutUnitsDto {
  @ApiProperty({ example: 2500 })
  held!: number;

  @ApiProperty({ example: 2481 })
  open!: number;
}

export class HoldoutIntegrityDto {
  @ApiProperty({ description: 'Whether the two groups can be compared.', example: true })
  valid!: boolean;

  @ApiProperty({ description: 'Sequential sample-ratio test of the two groups.', example: 0.6 })
  srmP!: number;

  @ApiProperty({ description: 'Units seen in both.', example: 0 })
  crossingUnits!: number;

  @ApiProperty({ type: [LookReasonDto] })
  reasons!: LookReasonDto[];
}

export class HoldoutResultsDto {
  @ApiProperty({ example: '2026-q1' })
  holdout!: string;

  @ApiProperty({ format: 'date-time', example: '2026-04-01T09:00:00.000Z' })
  asOf!: string;

  @ApiProperty({ description: 'Version of the statistics behind it.', example: '2026.1' })
  estimatorVersion!: string;

  @ApiProperty({
    enum: VERDICTS,
    description:
      '`INVALID`: the groups cannot be compared. `MIXED`: something is proven better and something else worse. `UNMEASURED`: it has no metrics.',
    example: 'BETTER',
  })
  verdict!: HoldoutVerdict;

  @ApiProperty({
    example:
      'All changes since 2026-q1 began, together, have made quality better, and nothing that is measured provably worse.',
  })
  words!: string;

  @ApiProperty({ type: HoldoutUnitsDto, description: 'Units exposed.' })
  units!: HoldoutUnitsDto;

  @ApiProperty({ description: 'Full days since the first exposure.', example: 84 })
  fullDays!: number;

  @ApiProperty({ type: HoldoutIntegrityDto })
  integrity!: HoldoutIntegrityDto;

  @ApiProperty({ type: [HoldoutEffectDto] })
  effects!: HoldoutEffectDto[];
}
