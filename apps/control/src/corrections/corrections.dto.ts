import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Length } from 'class-validator';
import type { SubjectKind } from '@app/bucketing';
import { IsText, MayBeAbsent } from '../http/validators.js';

/** The longest unit that intake takes. */
const LONGEST_UNIT = 256;

export class EraseUnitDto {
  @ApiProperty({ example: 'production' })
  @IsText(63)
  environment!: string;

  @ApiProperty({
    description: 'The unit as it was sent. In the body, so that it stands in no log of addresses.',
    example: 'user-42',
  })
  @Length(1, LONGEST_UNIT)
  unit!: string;

  @ApiPropertyOptional({
    description:
      'Only where it is a unit of this type, or of no type; needed where a user and a tenant may have the same name. Left out: under every type.',
    example: 'user',
  })
  @MayBeAbsent()
  @IsText(64)
  unitType?: string;

  @ApiProperty({
    description: 'For the audit log, which cannot be changed: name nobody here.',
    example: 'Request 2026-118',
  })
  @IsText(2000)
  reason!: string;
}

export class ErasedFromDto {
  @ApiProperty({ enum: ['experiment', 'rollout', 'holdout'], example: 'experiment' })
  kind!: SubjectKind;

  @ApiProperty({ example: 'shorter-replies' })
  key!: string;
}

export class ErasureDto {
  @ApiProperty({
    description:
      'Stands for the unit, here and in the audit log: a keyed digest, the same at every erasure of it.',
    example: '5f1d3c9be0a7448d91b2c6f0a1e2d3c4b5a697887766554433221100ffeeddcc',
  })
  reference!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'Events that happened up to then are removed whenever they arrive.',
    example: '2026-01-20T00:00:00.000Z',
  })
  until!: Date;

  @ApiProperty({ description: 'Events that were removed.', example: 42 })
  events!: number;

  @ApiProperty({ description: 'Outcomes that named only an inference made for the unit.', example: 3 })
  inferenceEvents!: number;

  @ApiProperty({
    description: 'Events about other units too: their numbers stay; comment and attributes went.',
    example: 1,
  })
  scrubbedEvents!: number;

  @ApiProperty({ description: 'Events that were kept aside because they could not be counted.', example: 0 })
  refusedEvents!: number;

  @ApiProperty({ type: [ErasedFromDto], description: 'Whose statistics no longer hold the unit.' })
  subjects!: ErasedFromDto[];

  @ApiProperty({
    type: [String],
    description: 'Experiments that name the unit in their overrides. That is configuration: change it there.',
    example: [],
  })
  overrides!: string[];
}

export class RecountExperimentDto {
  @ApiPropertyOptional({ description: 'For the audit log.', example: 'Late events of a batch job arrived' })
  @MayBeAbsent()
  @IsText(2000)
  reason?: string;
}

export class RecountUnitDto {
  @ApiProperty({ example: 'production' })
  @IsText(63)
  environment!: string;

  @ApiProperty({ example: 'user-42' })
  @Length(1, LONGEST_UNIT)
  unit!: string;
}

export class RecountDto {
  @ApiProperty({ description: 'Units that workers count anew now.', example: 1200 })
  units!: number;
}
