import { ApiProperty } from '@nestjs/swagger';
import { RampPlanDto } from './rollout.dto.js';

/** How rollouts of the plan end when something is true: shares of the runs. */
export class OutcomesDto {
  @ApiProperty({ example: 0.02 })
  promoted!: number;

  @ApiProperty({ example: 0.01 })
  rolledBack!: number;

  @ApiProperty({ description: 'Stopped because no gain worth having was left.', example: 0.9 })
  stopped!: number;

  @ApiProperty({ description: 'Not decided within the plan’s longest time.', example: 0.07 })
  undecided!: number;

  @ApiProperty({ description: 'Median days to the end, whatever it was.', example: 18 })
  medianDays!: number;

  @ApiProperty({ description: 'Mean number of units that got the challenger before the end.', example: 6200 })
  challengerUnits!: number;
}

export class RehearsalDto {
  @ApiProperty({ type: RampPlanDto, description: 'The plan that was played, every default written out.' })
  plan!: RampPlanDto;

  @ApiProperty({ example: 100 })
  runs!: number;

  @ApiProperty({ example: 1 })
  seed!: number;

  @ApiProperty({ description: 'Units of the task a day, as the experiment saw them.', example: 20000 })
  unitsPerDay!: number;

  @ApiProperty({ description: 'A challenger that differs in nothing is rolled back.', example: 0 })
  chanceOfFalseRollback!: number;

  @ApiProperty({
    description:
      'A challenger that gains twice what is worth having, but loses exactly a metric’s margin, is promoted; of the metric where this is likeliest.',
    example: 0.03,
  })
  chanceToShipHarm!: number;

  @ApiProperty({
    description: 'A challenger that gains twice what is worth having is promoted.',
    example: 0.97,
  })
  chanceToPromoteWinner!: number;

  @ApiProperty({ type: Number, nullable: true, description: 'And in how many days.', example: 9 })
  medianDaysToPromoteWinner!: number | null;

  @ApiProperty({
    description:
      'Units that got a challenger which loses twice a metric’s harm margin, before its rollout ended; of the worst metric.',
    example: 640,
  })
  unitsExposedToHarm!: number;

  @ApiProperty({ type: OutcomesDto })
  noDifference!: OutcomesDto;

  @ApiProperty({ type: OutcomesDto })
  winner!: OutcomesDto;

  @ApiProperty({
    type: 'object',
    additionalProperties: { $ref: '#/components/schemas/OutcomesDto' },
    description: 'Per metric: a winner that loses exactly its margin.',
    example: {},
  })
  atMargin!: Record<string, OutcomesDto>;

  @ApiProperty({
    type: 'object',
    additionalProperties: { $ref: '#/components/schemas/OutcomesDto' },
    description: 'Per metric: a challenger that loses twice its harm margin.',
    example: {},
  })
  beyondHarm!: Record<string, OutcomesDto>;
}
