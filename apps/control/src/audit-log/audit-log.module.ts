import { Controller, Get, Module, Query } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { type Actor, AuditLog, type AuditRow, type Page } from '@app/governance';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import { Access, CurrentActor } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';
import { ApiPage, PageQuery } from '../http/pagination.js';
import { TAGS } from '../openapi/tags.js';

export class AuditQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'Name of the API key that acted, e.g. `first admin`.' })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  actor?: string;

  @ApiPropertyOptional({ description: 'What was done, e.g. `experiment.start`.' })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  action?: string;

  @ApiPropertyOptional({ description: 'Kind of thing that changed, e.g. `experiment`.' })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  subjectType?: string;

  @ApiPropertyOptional({ description: 'Key of the thing that changed, e.g. `reply-large`.' })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  subjectKey?: string;

  @ApiPropertyOptional({ description: 'Key of an environment, e.g. `production`.' })
  @IsOptional()
  @IsString()
  @MaxLength(63)
  environment?: string;
}

export class AuditRowDto {
  @ApiProperty({ example: 42 })
  id!: number;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-05T09:00:00.000Z' })
  at!: Date;

  @ApiProperty({ example: 'first admin' })
  actor!: string;

  @ApiProperty({ example: 'experiment.start' })
  action!: string;

  @ApiProperty({ example: 'experiment' })
  subjectType!: string;

  @ApiProperty({ example: 'reply-large' })
  subjectKey!: string;

  @ApiProperty({ type: String, nullable: true, example: 'production' })
  environment!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Why, in the words of who did it.',
    example: null,
  })
  reason!: string | null;

  @ApiProperty({
    type: Object,
    nullable: true,
    description: 'What it was before.',
    example: { state: 'draft' },
  })
  before!: unknown;

  @ApiProperty({
    type: Object,
    nullable: true,
    description: 'What it is since.',
    example: { state: 'running' },
  })
  after!: unknown;

  @ApiProperty({
    type: String,
    nullable: true,
    description: '`x-request-id` of the request that did it.',
    example: null,
  })
  requestId!: string | null;
}

@ApiTags(TAGS.audit)
@Controller('api/v1/audit-log')
export class AuditLogController {
  constructor(private readonly audit: AuditLog) {}

  @Get()
  @Access('viewer')
  @ApiOperation({
    summary: 'Read the audit log',
    description: 'Newest first. Append-only: not even an admin can change it.',
  })
  @ApiPage(AuditRowDto)
  @ApiProblems('CURSOR_NOT_VALID')
  list(@Query() query: AuditQuery, @CurrentActor() actor: Actor): Promise<Page<AuditRow>> {
    const { limit, cursor, ...filter } = query;
    // A key of one environment sees that one only, whatever it asks for.
    return this.audit.list(
      { ...filter, environment: actor.environment ?? filter.environment },
      { limit, cursor },
    );
  }
}

@Module({ controllers: [AuditLogController] })
export class AuditLogModule {}
