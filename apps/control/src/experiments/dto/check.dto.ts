import { ApiProperty } from '@nestjs/swagger';
import { AmountDto } from './experiment-parts.dto.js';

export class CheckNoteDto {
  @ApiProperty({ example: 'METRIC_SILENT' })
  code!: string;

  @ApiProperty({ example: 'no event of quality came in the last seven days; is it sent?' })
  message!: string;
}

export class BaselineDto {
  @ApiProperty({ example: 0.71 })
  mean!: number;

  @ApiProperty({ description: 'Of one unit.', example: 0.04 })
  variance!: number;

  @ApiProperty({ type: Number, nullable: true, description: 'Units it was measured on.', example: 12_400 })
  units!: number | null;
}

export class MetricPowerDto {
  @ApiProperty({ example: 'quality' })
  metric!: string;

  @ApiProperty({ enum: ['success', 'guardrail'], example: 'success' })
  role!: 'success' | 'guardrail';

  @ApiProperty({ type: AmountDto, description: 'The effect worth having, or the margin.' })
  amount!: AmountDto;

  @ApiProperty({
    type: BaselineDto,
    nullable: true,
    description: 'What the task has shown so far; null: nothing.',
  })
  baseline!: BaselineDto | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Units over all variants; null: unknown.',
    example: 8_420,
  })
  requiredUnits!: number | null;

  @ApiProperty({
    example: 'units over all variants to see the smallest effect worth having, looking at any time',
  })
  note!: string;
}

export class TrafficTakenDto {
  @ApiProperty({ example: 'reply-tone' })
  key!: string;

  @ApiProperty({ example: 'running' })
  state!: string;

  @ApiProperty({ example: 0.3 })
  trafficShare!: number;
}

export class CheckTrafficDto {
  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Exposed units a day on the task, last seven days.',
    example: 1_200,
  })
  unitsPerDay!: number | null;

  @ApiProperty({ type: Number, nullable: true, description: 'Of those, this experiment’s.', example: 600 })
  experimentUnitsPerDay!: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 14.1 })
  daysToPlannedUnits!: number | null;

  @ApiProperty({ description: 'Part of the task’s traffic no other experiment owns.', example: 0.7 })
  freeShare!: number;

  @ApiProperty({ type: [TrafficTakenDto] })
  takenBy!: readonly TrafficTakenDto[];
}

export class CheckDto {
  @ApiProperty({ description: 'Whether start would be accepted now.', example: true })
  startable!: boolean;

  @ApiProperty({ type: [CheckNoteDto], description: 'What start would refuse.' })
  problems!: readonly CheckNoteDto[];

  @ApiProperty({ type: [CheckNoteDto], description: 'What a careful person would look at.' })
  warnings!: readonly CheckNoteDto[];

  @ApiProperty({ example: 10_000 })
  plannedUnits!: number;

  @ApiProperty({ type: [MetricPowerDto] })
  power!: readonly MetricPowerDto[];

  @ApiProperty({ type: CheckTrafficDto })
  traffic!: CheckTrafficDto;

  @ApiProperty({
    type: [String],
    description: 'No event of these came in the last seven days.',
    example: ['quality'],
  })
  silentMetrics!: readonly string[];
}

export class ArmMetricHealthDto {
  @ApiProperty({ example: 'quality' })
  metric!: string;

  @ApiProperty({ description: 'Exposed units with a value.', example: 480 })
  scored!: number;

  @ApiProperty({ type: Number, nullable: true, description: 'Scored / exposed.', example: 0.96 })
  coverage!: number | null;
}

export class ArmHealthDto {
  @ApiProperty({ example: 'large' })
  variant!: string;

  @ApiProperty({ description: 'Units that were given it.', example: 503 })
  assigned!: number;

  @ApiProperty({ description: 'Those that count: seen in no other arm.', example: 500 })
  exposed!: number;

  @ApiProperty({ description: 'Seen in two arms; counted apart.', example: 3 })
  crossing!: number;

  @ApiProperty({ description: 'Kept from an earlier winner; counted apart.', example: 0 })
  carried!: number;

  @ApiProperty({ type: [ArmMetricHealthDto] })
  metrics!: readonly ArmMetricHealthDto[];
}

export class HealthDto {
  @ApiProperty({ example: 'running' })
  state!: string;

  @ApiProperty({ type: [ArmHealthDto] })
  arms!: readonly ArmHealthDto[];

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: '2026-01-05T10:00:00.000Z' })
  firstExposureAt!: Date | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: '2026-01-09T10:00:00.000Z' })
  lastExposureAt!: Date | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: '2026-01-09T10:00:05.000Z' })
  lastOutcomeAt!: Date | null;

  @ApiProperty({ description: 'Units whose events are received and not counted yet.', example: 0 })
  pendingUnits!: number;
}
