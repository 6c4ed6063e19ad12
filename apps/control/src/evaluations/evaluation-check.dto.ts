import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';

export class EvaluationCheckQuery {
  @ApiProperty({ example: 'production' })
  @IsString()
  @MaxLength(63)
  environment!: string;

  @ApiPropertyOptional({
    type: 'integer',
    default: 168,
    minimum: 1,
    maximum: 8760,
    description: 'How far back.',
  })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(8760)
  hours = 168;
}

export class CheckedArmDto {
  @ApiProperty({
    description: 'The arm; `champion`, `holdout`, `disabled`, or `other`.',
    example: 'challenger',
  })
  variant!: string;

  @ApiProperty({ description: 'How often SDKs say they gave it.', example: 1200 })
  evaluations!: number;

  @ApiProperty({ type: Number, nullable: true, description: 'Of all arms that were given.', example: 0.51 })
  evaluatedShare!: number | null;

  @ApiProperty({ description: 'Exposures recorded in the same time.', example: 480 })
  exposures!: number;

  @ApiProperty({ type: Number, nullable: true, description: 'Of all exposures.', example: 0.5 })
  exposedShare!: number | null;

  @ApiProperty({
    type: String,
    enum: ['NEVER_EXPOSED', 'UNKNOWN_ARM'],
    nullable: true,
    description:
      'NEVER_EXPOSED: given, and nobody recorded as exposed, so its outcomes count for nothing: send exposure events. UNKNOWN_ARM: SDKs give arms that our rules do not have: they evaluate other rules, or old ones.',
    example: null,
  })
  finding!: string | null;
}

export class EvaluationCheckDto {
  @ApiProperty({ example: 'support-reply' })
  task!: string;

  @ApiProperty({ example: 'production' })
  environment!: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-05T09:00:00.000Z' })
  since!: Date;

  @ApiProperty({ description: 'Evaluations in which the toggle was on.', example: 2350 })
  yes!: number;

  @ApiProperty({ description: 'Evaluations in which it was off.', example: 0 })
  no!: number;

  @ApiProperty({ type: [CheckedArmDto] })
  arms!: CheckedArmDto[];
}
