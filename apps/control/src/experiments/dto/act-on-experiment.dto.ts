import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, MaxLength } from 'class-validator';
import { PageQuery } from '../../http/pagination.js';
import { IsKey, IsName, IsText } from '../../http/validators.js';

const STATES = ['draft', 'running', 'paused', 'concluded', 'archived'] as const;
const DECISIONS = ['ship', 'no-ship', 'inconclusive', 'stop'] as const;

export class ExperimentQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'Key of a task, e.g. `support-reply`.' })
  @IsOptional()
  @MaxLength(100)
  task?: string;

  @ApiPropertyOptional({ description: 'Key of an environment, e.g. `production`.' })
  @IsOptional()
  @MaxLength(63)
  environment?: string;

  @ApiPropertyOptional({ enum: STATES })
  @IsOptional()
  @IsIn(STATES)
  state?: (typeof STATES)[number];

  @ApiPropertyOptional({ description: 'One of its tags, e.g. `support`.' })
  @IsOptional()
  @MaxLength(50)
  tag?: string;

  @ApiPropertyOptional({ description: 'Who answers for it, e.g. `ana@example.com`.' })
  @IsOptional()
  @MaxLength(200)
  owner?: string;
}

/** Nothing needs to be said, but a reason helps whoever reads the audit log. */
export class ReasonDto {
  @ApiPropertyOptional({
    type: String,
    nullable: true,
    description: 'For the audit log.',
    example: 'Provider incident',
  })
  @IsOptional()
  @IsText(2000)
  reason?: string | null;
}

/** Takes no fields: what starts is what was written. */
export class NothingDto {
  /** Keeps the class known to the validator, which then refuses everything else. */
  @IsOptional()
  @IsIn([])
  private readonly _?: never;
}

export class ConcludeDto {
  @ApiProperty({
    enum: DECISIONS,
    description:
      '`ship` a variant (then promote it), `no-ship`: keep the control, `inconclusive`: it could not be told, `stop`: ended for another reason.',
    example: 'ship',
  })
  @IsIn(DECISIONS)
  decision!: (typeof DECISIONS)[number];

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    description: 'Which one; with `ship` only.',
    example: 'large',
  })
  @IsOptional()
  @IsName()
  variant?: string | null;

  @ApiProperty({ description: 'Why, in your words.', example: 'Better answers, nobody waits longer' })
  @IsText(5000)
  reason!: string;
}

export class CloneDto {
  @ApiProperty({ description: 'Key of the new draft.', example: 'reply-large-2' })
  @IsKey()
  key!: string;
}

export class CommentInputDto {
  @ApiProperty({ example: 'The dip on Tuesday was the provider’s outage.' })
  @IsText(10_000)
  body!: string;
}

export class CommentDto {
  @ApiProperty({ example: 1 })
  id!: number;

  @ApiProperty({ example: 'first admin' })
  author!: string;

  @ApiProperty({ example: 'The dip on Tuesday was the provider’s outage.' })
  body!: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-06T10:00:00.000Z' })
  at!: Date;
}
