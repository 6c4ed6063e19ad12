import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Condition } from '@app/bucketing';
import { IsOptional } from 'class-validator';
import { IsCondition } from '../http/is-condition.js';
import { IsKey, IsText, MayBeAbsent } from '../http/validators.js';

const CONDITION = {
  type: Object,
  description:
    'Who is in it, by the attributes sent with the request; the same as the audience of an experiment, and it may name other segments.',
  example: { attribute: 'country', operator: 'in', value: ['DE', 'AT', 'CH'] },
} as const;

export class CreateSegmentDto {
  @ApiProperty({ description: 'What audiences call it; it never changes.', example: 'german-speaking' })
  @IsKey()
  key!: string;

  @ApiPropertyOptional({
    description: 'For people; the key when left out.',
    example: 'Customers who read German',
  })
  @MayBeAbsent()
  @IsText(200)
  name?: string;

  @ApiPropertyOptional({ type: String, nullable: true, example: 'By the country of the account' })
  @IsOptional()
  @IsText(2000)
  description?: string | null;

  @ApiProperty(CONDITION)
  @IsCondition()
  condition!: Condition;
}

/** What changes; the rest stays. */
export class UpdateSegmentDto {
  @ApiPropertyOptional({ example: 'Customers who read German' })
  @MayBeAbsent()
  @IsText(200)
  name?: string;

  @ApiPropertyOptional({ type: String, nullable: true, example: 'By the country of the account' })
  @IsOptional()
  @IsText(2000)
  description?: string | null;

  @ApiPropertyOptional(CONDITION)
  @MayBeAbsent()
  @IsCondition()
  condition?: Condition;
}

export class SegmentUserDto {
  @ApiProperty({ enum: ['experiment', 'rollout', 'segment'], example: 'experiment' })
  type!: 'experiment' | 'rollout' | 'segment';

  @ApiProperty({ example: 'reply-large' })
  key!: string;

  @ApiProperty({ type: String, nullable: true, description: 'null for a segment.', example: 'production' })
  environment!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'null for a segment.', example: 'running' })
  state!: string | null;
}

export class SegmentDto {
  @ApiProperty({ example: 'german-speaking' })
  key!: string;

  @ApiProperty({ example: 'Customers who read German' })
  name!: string;

  @ApiProperty({ type: String, nullable: true, example: null })
  description!: string | null;

  @ApiProperty(CONDITION)
  condition!: Condition;

  @ApiProperty({ description: 'Goes up at every change; also in the ETag.', example: 1 })
  revision!: number;

  @ApiProperty({ example: 'first admin' })
  createdBy!: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-05T09:00:00.000Z' })
  createdAt!: Date;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-05T09:00:00.000Z' })
  updatedAt!: Date;
}

export class SegmentWithUsersDto extends SegmentDto {
  @ApiProperty({
    type: [SegmentUserDto],
    description:
      'Experiments that are not concluded, rollouts under way and segments that follow its changes.',
  })
  usedBy!: SegmentUserDto[];
}
