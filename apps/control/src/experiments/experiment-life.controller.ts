import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  type Comment,
  ExperimentCheckService,
  ExperimentCommentService,
  ExperimentHealthService,
  ExperimentService,
} from '@app/experiments';
import type { Actor, Page } from '@app/governance';
import type { Response } from 'express';
import { Access, CurrentActor } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';
import { ApiPage, PageQuery } from '../http/pagination.js';
import { COMMENT_EXAMPLE, CONCLUDE_EXAMPLES, REASON_EXAMPLE } from '../openapi/examples.js';
import { TAGS } from '../openapi/tags.js';
import {
  CommentDto,
  CommentInputDto,
  ConcludeDto,
  NothingDto,
  ReasonDto,
} from './dto/act-on-experiment.dto.js';
import { CheckDto, HealthDto } from './dto/check.dto.js';
import { ExperimentDto } from './dto/experiment.dto.js';
import { ExperimentParam } from './experiment-docs.js';
import { shown } from './experiments.controller.js';

@ApiTags(TAGS.experiments)
@Controller('api/v1/experiments/:key')
export class ExperimentLifeController {
  constructor(
    private readonly experiments: ExperimentService,
    private readonly checks: ExperimentCheckService,
    private readonly healths: ExperimentHealthService,
    private readonly comments: ExperimentCommentService,
  ) {}

  @Post('check')
  @HttpCode(200)
  @Access('viewer')
  @ApiOperation({
    summary: 'Check the plan',
    description:
      'Changes nothing. Says whether it could start, what it collides with, which metrics are silent, how many units it needs and how many days that takes.',
  })
  @ExperimentParam()
  @ApiBody({ type: NothingDto, required: false, examples: { nothing: { value: {} } } })
  @ApiOkResponse({ type: CheckDto })
  @ApiProblems('EXPERIMENT_UNKNOWN')
  check(
    @Param('key') key: string,
    @Body() _body: NothingDto,
    @CurrentActor() actor: Actor,
  ): Promise<CheckDto> {
    return this.checks.check(key, actor);
  }

  @Post('start')
  @HttpCode(200)
  @Access('editor')
  @ApiOperation({
    summary: 'Start it',
    description:
      'Fixes the plan, pins metric versions, takes its part of the traffic. Units see it within a second.',
  })
  @ExperimentParam()
  @ApiBody({ type: NothingDto, required: false, examples: { nothing: { value: {} } } })
  @ApiOkResponse({ type: ExperimentDto })
  @ApiProblems(
    'EXPERIMENT_UNKNOWN',
    'STATE_NOT_ALLOWED',
    'SUCCESS_METRIC_MISSING',
    'TRAFFIC_NOT_AVAILABLE',
    'END_HAS_PASSED',
    'METRIC_UNIT_MISMATCH',
    'SEGMENT_UNKNOWN',
    'PREREQUISITE_UNIT_MISMATCH',
    'PREREQUISITE_CYCLE',
    'SCHEME_CANNOT_EXPRESS',
  )
  async start(
    @Param('key') key: string,
    @Body() _body: NothingDto,
    @CurrentActor() actor: Actor,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ExperimentDto> {
    return shown(await this.experiments.start(key, actor), response);
  }

  @Get('health')
  @Access('viewer')
  @ApiOperation({
    summary: 'See whether data arrive',
    description:
      'Per variant: units assigned → exposed → scored, coverage of every metric, and when the last events came.',
  })
  @ExperimentParam()
  @ApiOkResponse({ type: HealthDto })
  @ApiProblems('EXPERIMENT_UNKNOWN')
  health(@Param('key') key: string, @CurrentActor() actor: Actor): Promise<HealthDto> {
    return this.healths.health(key, actor);
  }

  @Post('pause')
  @HttpCode(200)
  @Access('editor')
  @ApiOperation({
    summary: 'Pause it',
    description: 'Everyone gets the champion; its traffic stays reserved.',
  })
  @ExperimentParam()
  @ApiBody({ type: ReasonDto, required: false, examples: { incident: { value: REASON_EXAMPLE } } })
  @ApiOkResponse({ type: ExperimentDto })
  @ApiProblems('EXPERIMENT_UNKNOWN', 'STATE_NOT_ALLOWED')
  async pause(
    @Param('key') key: string,
    @Body() body: ReasonDto,
    @CurrentActor() actor: Actor,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ExperimentDto> {
    return shown(await this.experiments.pause(key, body?.reason ?? null, actor), response);
  }

  @Post('resume')
  @HttpCode(200)
  @Access('editor')
  @ApiOperation({ summary: 'Resume it', description: 'Every unit has the variant it had before.' })
  @ExperimentParam()
  @ApiBody({ type: ReasonDto, required: false, examples: { recovered: { value: REASON_EXAMPLE } } })
  @ApiOkResponse({ type: ExperimentDto })
  @ApiProblems('EXPERIMENT_UNKNOWN', 'STATE_NOT_ALLOWED')
  async resume(
    @Param('key') key: string,
    @Body() body: ReasonDto,
    @CurrentActor() actor: Actor,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ExperimentDto> {
    return shown(await this.experiments.resume(key, body?.reason ?? null, actor), response);
  }

  @Post('comments')
  @Access('editor')
  @ApiOperation({
    summary: 'Comment on it',
    description: 'In any state; comments stay as they were written.',
  })
  @ExperimentParam()
  @ApiBody({ type: CommentInputDto, examples: { incident: { value: COMMENT_EXAMPLE } } })
  @ApiCreatedResponse({ type: CommentDto })
  @ApiProblems('EXPERIMENT_UNKNOWN')
  comment(
    @Param('key') key: string,
    @Body() body: CommentInputDto,
    @CurrentActor() actor: Actor,
  ): Promise<CommentDto> {
    return this.comments.add(key, body.body, actor);
  }

  @Get('comments')
  @Access('viewer')
  @ApiOperation({ summary: 'Read its comments', description: 'Newest first.' })
  @ExperimentParam()
  @ApiPage(CommentDto)
  @ApiProblems('EXPERIMENT_UNKNOWN', 'CURSOR_NOT_VALID')
  readComments(
    @Param('key') key: string,
    @Query() page: PageQuery,
    @CurrentActor() actor: Actor,
  ): Promise<Page<Comment>> {
    return this.comments.list(key, page, actor);
  }

  @Post('conclude')
  @HttpCode(200)
  @Access('editor')
  @ApiOperation({
    summary: 'Conclude it',
    description:
      'Ends it for good with a decision. Outcomes of exposed units still count for seven days. To put the winner in place, promote it instead: that concludes it too.',
  })
  @ExperimentParam()
  @ApiBody({ type: ConcludeDto, examples: CONCLUDE_EXAMPLES })
  @ApiOkResponse({ type: ExperimentDto })
  @ApiProblems('EXPERIMENT_UNKNOWN', 'STATE_NOT_ALLOWED', 'VARIANT_UNKNOWN', 'VARIANT_NEEDED')
  async conclude(
    @Param('key') key: string,
    @Body() body: ConcludeDto,
    @CurrentActor() actor: Actor,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ExperimentDto> {
    return shown(await this.experiments.conclude(key, body, actor), response);
  }

  @Post('archive')
  @HttpCode(200)
  @Access('editor')
  @ApiOperation({
    summary: 'Archive it',
    description: 'A draft or a concluded experiment leaves the list of work.',
  })
  @ExperimentParam()
  @ApiBody({ type: NothingDto, required: false, examples: { nothing: { value: {} } } })
  @ApiOkResponse({ type: ExperimentDto })
  @ApiProblems('EXPERIMENT_UNKNOWN', 'STATE_NOT_ALLOWED')
  async archive(
    @Param('key') key: string,
    @Body() _body: NothingDto,
    @CurrentActor() actor: Actor,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ExperimentDto> {
    return shown(await this.experiments.archive(key, actor), response);
  }
}
