import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import type { Actor, Page } from '@app/governance';
import { SegmentService, type SegmentView } from '@app/segments';
import type { Response } from 'express';
import { Access, CurrentActor } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';
import { etagOf, IfMatch } from '../http/if-match.js';
import { ApiPage, PageQuery } from '../http/pagination.js';
import { SEGMENT_CHANGE_EXAMPLE, SEGMENT_EXAMPLES } from '../openapi/examples.js';
import { TAGS } from '../openapi/tags.js';
import { CreateSegmentDto, SegmentDto, SegmentWithUsersDto, UpdateSegmentDto } from './segment.dto.js';

const SegmentParam = (): MethodDecorator =>
  ApiParam({ name: 'segment', description: 'Key of the segment.', example: 'german-speaking' });

@ApiTags(TAGS.segments)
@Controller('api/v1/segments')
export class SegmentsController {
  constructor(private readonly segments: SegmentService) {}

  @Post()
  @Access('editor')
  @ApiOperation({
    summary: 'Name an audience',
    description: 'Audiences refer to it by `{"segment": "<key>"}` and follow its changes.',
  })
  @ApiBody({ type: CreateSegmentDto, examples: SEGMENT_EXAMPLES })
  @ApiCreatedResponse({ type: SegmentWithUsersDto })
  @ApiProblems('KEY_TAKEN', 'SEGMENT_UNKNOWN', 'SEGMENT_NESTING')
  async create(
    @Body() body: CreateSegmentDto,
    @CurrentActor() actor: Actor,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SegmentWithUsersDto> {
    return shown(await this.segments.create(body, actor), response);
  }

  @Get()
  @Access('viewer')
  @ApiOperation({ summary: 'List segments', description: 'By key.' })
  @ApiPage(SegmentDto)
  @ApiProblems('CURSOR_NOT_VALID')
  list(@Query() page: PageQuery): Promise<Page<SegmentDto>> {
    return this.segments.list(page);
  }

  @Get(':segment')
  @Access('viewer')
  @ApiOperation({
    summary: 'Read a segment',
    description: 'With who follows it. The ETag is its revision; send it back to change it.',
  })
  @SegmentParam()
  @ApiOkResponse({ type: SegmentWithUsersDto })
  @ApiProblems('SEGMENT_UNKNOWN')
  async read(
    @Param('segment') key: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SegmentWithUsersDto> {
    return shown(await this.segments.find(key), response);
  }

  @Patch(':segment')
  @Access('editor')
  @ApiOperation({
    summary: 'Change a segment',
    description:
      'Takes effect within a second in every environment that uses it, and opens an epoch of each experiment and rollout that does.',
  })
  @SegmentParam()
  @ApiHeader({
    name: 'If-Match',
    required: true,
    description: 'ETag of the revision you read, with its quotes.',
    schema: { type: 'string', example: '"1"' },
  })
  @ApiBody({ type: UpdateSegmentDto, examples: { 'one more country': { value: SEGMENT_CHANGE_EXAMPLE } } })
  @ApiOkResponse({ type: SegmentWithUsersDto })
  @ApiProblems(
    'SEGMENT_UNKNOWN',
    'SEGMENT_NESTING',
    'IF_MATCH_MISSING',
    'IF_MATCH_NOT_VALID',
    'REVISION_MISMATCH',
    'ENVIRONMENT_NOT_ALLOWED',
    'SCHEME_CANNOT_EXPRESS',
  )
  async change(
    @Param('segment') key: string,
    @IfMatch() revision: number,
    @Body() body: UpdateSegmentDto,
    @CurrentActor() actor: Actor,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SegmentWithUsersDto> {
    return shown(await this.segments.change(key, revision, body, actor), response);
  }

  @Delete(':segment')
  @Access('editor')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Delete a segment',
    description:
      'Only while no unconcluded experiment, no rollout under way and no other segment refers to it.',
  })
  @SegmentParam()
  @ApiNoContentResponse({ description: 'It is gone.' })
  @ApiProblems('SEGMENT_UNKNOWN', 'SEGMENT_IN_USE')
  remove(@Param('segment') key: string, @CurrentActor() actor: Actor): Promise<void> {
    return this.segments.remove(key, actor);
  }
}

function shown({ usedBy, ...segment }: SegmentView, response: Response): SegmentWithUsersDto {
  response.setHeader('ETag', etagOf(segment.revision));
  return {
    ...segment,
    usedBy: usedBy.map(({ type, key, environment, state }) => ({ type, key, environment, state })),
  };
}
