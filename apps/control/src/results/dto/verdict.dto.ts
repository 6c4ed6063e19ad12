import { ApiExtraModels, ApiProperty } from '@nestjs/swagger';
import { ArmSummaryDto, MetricComparisonDto } from './figures.dto.js';

const VERDICTS = ['STOP_HARM', 'INVALID', 'SHIP', 'STOP_NO_EFFECT', 'KEEP_RUNNING'];

export class LookReasonDto {
  @ApiProperty({ description: 'Stable name of the reason.', example: 'MIN_DAYS' })
  code!: string;

  @ApiProperty({ description: 'The reason in words, with the figures behind it.' })
  message!: string;

  @ApiProperty({ required: false, description: 'The metric it is about.', example: 'quality' })
  metric?: string;
}

export class ComparisonFiguresDto {
  @ApiProperty({ example: 'small' })
  control!: string;

  @ApiProperty({ example: 'large' })
  treatment!: string;

  @ApiProperty({ type: [MetricComparisonDto] })
  metrics!: readonly MetricComparisonDto[];
}

export class VerdictDto {
  @ApiProperty({ example: 'small' })
  control!: string;

  @ApiProperty({ example: 'large' })
  treatment!: string;

  @ApiProperty({
    enum: VERDICTS,
    description:
      '`SHIP`: proven better and nothing proven worse. `STOP_HARM`: proven harm. `STOP_NO_EFFECT`: no effect worth having. ' +
      '`INVALID`: the data cannot be trusted. `KEEP_RUNNING`: not decided yet.',
  })
  verdict!: string;

  @ApiProperty({ type: [LookReasonDto] })
  reasons!: readonly LookReasonDto[];
}

@ApiExtraModels(ArmSummaryDto)
export class ComparisonDto extends VerdictDto {
  @ApiProperty({ type: [MetricComparisonDto] })
  metrics!: readonly MetricComparisonDto[];

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Further days to a decision at today’s traffic.',
  })
  expectedDays!: number | null;
}
