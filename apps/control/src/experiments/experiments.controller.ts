import { Body, Controller, Get, Param, Patch, Post, Query, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { type Experiment, ExperimentChangeService, ExperimentDraftService } from '@app/experiments';
import type { Actor, Page } from '@app/governance';
import type { Response } from 'express';
import { Access, CurrentActor } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';
import { etagOf, IfMatch } from '../http/if-match.js';
import { ApiPage, mapPage } from '../http/pagination.js';
import { CLONE_EXAMPLE, EXPERIMENT_CHANGE_EXAMPLE, EXPERIMENT_EXAMPLE } from '../openapi/examples.js';
import { TAGS } from '../openapi/tags.js';
import { CloneDto, ExperimentQuery } from './dto/act-on-experiment.dto.js';
import { ExperimentDto } from './dto/experiment.dto.js';
import { CreateExperimentDto, UpdateExperimentDto } from './dto/write-experiment.dto.js';
import { CONTENT_PROBLEMS, ExperimentParam } from './experiment-docs.js';
import { experimentChanges, experimentDto, experimentInput } from './experiment-view.js';

@ApiTags(TAGS.experiments)
@Controller('api/v1/experiments')
export class ExperimentsController {
  constructor(
    private readonly drafts: ExperimentDraftService,
    private readonly changes: ExperimentChangeService,
  ) {}

  @Post()
  @Access('editor')
  @ApiOperation({
    summary: 'Write an experiment',
    description:
      'A draft: no unit sees it until it is started. Models and metrics must be registered before.',
  })
  @ApiBody({ type: CreateExperimentDto, examples: { 'a larger model': { value: EXPERIMENT_EXAMPLE } } })
  @ApiCreatedResponse({ type: ExperimentDto })
  @ApiProblems(
    'KEY_TAKEN',
    'ENVIRONMENT_UNKNOWN',
    'ENVIRONMENT_NOT_ALLOWED',
    'START_HAS_PASSED',
    ...CONTENT_PROBLEMS,
  )
  async create(
    @Body() body: CreateExperimentDto,
    @CurrentActor() actor: Actor,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ExperimentDto> {
    return shown(await this.drafts.create(experimentInput(body), actor), response);
  }

  @Get()
  @Access('viewer')
  @ApiOperation({
    summary: 'List experiments',
    description: 'By key; narrow by task, environment, state, tag or owner.',
  })
  @ApiPage(ExperimentDto)
  @ApiProblems('CURSOR_NOT_VALID', 'ENVIRONMENT_UNKNOWN', 'ENVIRONMENT_NOT_ALLOWED')
  async list(
    @Query() { limit, cursor, ...filter }: ExperimentQuery,
    @CurrentActor() actor: Actor,
  ): Promise<Page<ExperimentDto>> {
    return mapPage(await this.drafts.list(filter, { limit, cursor }, actor), experimentDto);
  }

  @Get(':key')
  @Access('viewer')
  @ApiOperation({
    summary: 'Read an experiment',
    description: 'The ETag is its revision; send it back to change it.',
  })
  @ExperimentParam()
  @ApiOkResponse({ type: ExperimentDto })
  @ApiProblems('EXPERIMENT_UNKNOWN', 'ENVIRONMENT_NOT_ALLOWED')
  async read(
    @Param('key') key: string,
    @CurrentActor() actor: Actor,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ExperimentDto> {
    return shown(await this.drafts.find(key, actor), response);
  }

  @Patch(':key')
  @Access('editor')
  @ApiOperation({
    summary: 'Change an experiment',
    description:
      'A draft: anything. Once started: weights (as few units move as can be), trafficShare, endAt, and exploratory metrics that are added; for anything else clone it.',
  })
  @ExperimentParam()
  @ApiHeader({
    name: 'If-Match',
    required: true,
    description: 'ETag of the revision you read, with its quotes.',
    schema: { type: 'string', example: '"1"' },
  })
  @ApiBody({
    type: UpdateExperimentDto,
    examples: { 'half the traffic': { value: EXPERIMENT_CHANGE_EXAMPLE } },
  })
  @ApiOkResponse({ type: ExperimentDto })
  @ApiProblems(
    'EXPERIMENT_UNKNOWN',
    'IF_MATCH_MISSING',
    'IF_MATCH_NOT_VALID',
    'REVISION_MISMATCH',
    'PLAN_IS_FIXED',
    'TRAFFIC_NOT_AVAILABLE',
    'SCHEME_CANNOT_EXPRESS',
    'START_HAS_PASSED',
    'END_HAS_PASSED',
    ...CONTENT_PROBLEMS,
  )
  async change(
    @Param('key') key: string,
    @IfMatch() revision: number,
    @Body() body: UpdateExperimentDto,
    @CurrentActor() actor: Actor,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ExperimentDto> {
    return shown(await this.changes.change(key, revision, experimentChanges(body), actor), response);
  }

  @Post(':key/clone')
  @Access('editor')
  @ApiOperation({
    summary: 'Begin again from this one',
    description:
      'A new draft with the same content, without dates and results, with the newest metric versions.',
  })
  @ExperimentParam()
  @ApiBody({ type: CloneDto, examples: { 'second round': { value: CLONE_EXAMPLE } } })
  @ApiCreatedResponse({ type: ExperimentDto })
  @ApiProblems('EXPERIMENT_UNKNOWN', 'KEY_TAKEN')
  async clone(
    @Param('key') key: string,
    @Body() body: CloneDto,
    @CurrentActor() actor: Actor,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ExperimentDto> {
    return shown(await this.drafts.clone(key, body.key, actor), response);
  }
}

/** Sets the ETag of what is shown. */
export function shown(experiment: Experiment, response: Response): ExperimentDto {
  response.setHeader('ETag', etagOf(experiment.revision));
  return experimentDto(experiment);
}
