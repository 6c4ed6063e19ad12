import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { type HoldoutResult, HoldoutResults } from '@app/analysis';
import type { Actor, Page } from '@app/governance';
import { type Holdout, HoldoutService } from '@app/holdouts';
import { Access, CurrentActor } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';
import { toDate } from '../http/instant.js';
import { ApiPage, mapPage } from '../http/pagination.js';
import { END_HOLDOUT_EXAMPLE, HOLDOUT_EXAMPLE, HOLDOUT_METRIC_EXAMPLE } from '../openapi/examples.js';
import { TAGS } from '../openapi/tags.js';
import { HoldoutResultsDto } from './holdout-results.dto.js';
import {
  AddHoldoutMetricDto,
  CreateHoldoutDto,
  EndHoldoutDto,
  HoldoutDto,
  HoldoutQuery,
} from './holdout.dto.js';

const HoldoutParam = (): MethodDecorator =>
  ApiParam({ name: 'holdout', description: 'Key of the holdout.', example: '2026-q1' });

@ApiTags(TAGS.holdouts)
@Controller('api/v1/holdouts')
export class HoldoutsController {
  constructor(
    private readonly holdouts: HoldoutService,
    private readonly results: HoldoutResults,
  ) {}

  @Post()
  @Access('editor')
  @ApiOperation({
    summary: 'Hold units back',
    description:
      'A share of all units stays on the champions of now, outside every experiment and rollout of these tasks, to measure what all changes together bring. Opens an epoch of each experiment and rollout they leave.',
  })
  @ApiBody({ type: CreateHoldoutDto, examples: { 'a quarter': { value: HOLDOUT_EXAMPLE } } })
  @ApiCreatedResponse({ type: HoldoutDto })
  @ApiProblems(
    'KEY_TAKEN',
    'TASK_UNKNOWN',
    'ENVIRONMENT_UNKNOWN',
    'ENVIRONMENT_NOT_ALLOWED',
    'HOLDOUT_OVERLAPS',
    'HOLDOUT_NEEDS_CHAMPION',
    'HOLDOUT_UNITS_DIFFER',
    'SCHEME_CANNOT_EXPRESS',
    'METRIC_UNKNOWN',
    'METRIC_UNIT_MISMATCH',
    'METRIC_NOT_DECIDABLE',
    'START_HAS_PASSED',
    'END_HAS_PASSED',
    'DATES_NOT_ORDERED',
  )
  async create(
    @Body() { startAt, endAt, ...body }: CreateHoldoutDto,
    @CurrentActor() actor: Actor,
  ): Promise<HoldoutDto> {
    const dates = { startAt: toDate(startAt), endAt: toDate(endAt) };
    return holdoutDto(await this.holdouts.create({ ...body, ...dates }, actor));
  }

  @Get()
  @Access('viewer')
  @ApiOperation({ summary: 'List holdouts', description: 'By key; narrow by environment, task or state.' })
  @ApiPage(HoldoutDto)
  @ApiProblems('CURSOR_NOT_VALID', 'ENVIRONMENT_UNKNOWN', 'ENVIRONMENT_NOT_ALLOWED')
  async list(
    @Query() { limit, cursor, ...filter }: HoldoutQuery,
    @CurrentActor() actor: Actor,
  ): Promise<Page<HoldoutDto>> {
    return mapPage(await this.holdouts.list(filter, { limit, cursor }, actor), holdoutDto);
  }

  @Get(':holdout')
  @Access('viewer')
  @ApiOperation({ summary: 'Read a holdout' })
  @HoldoutParam()
  @ApiOkResponse({ type: HoldoutDto })
  @ApiProblems('HOLDOUT_UNKNOWN', 'ENVIRONMENT_NOT_ALLOWED')
  async read(@Param('holdout') key: string, @CurrentActor() actor: Actor): Promise<HoldoutDto> {
    return holdoutDto(await this.holdouts.find(key, actor));
  }

  @Get(':holdout/results')
  @Access('viewer')
  @ApiOperation({
    summary: 'Read what all changes brought together',
    description:
      'Units that took part in everything against as many that were held back, metric by metric, with intervals that hold ' +
      'however often you look, a verdict in words, and whether the two can be compared.',
  })
  @HoldoutParam()
  @ApiOkResponse({ type: HoldoutResultsDto })
  @ApiProblems('HOLDOUT_UNKNOWN', 'ENVIRONMENT_NOT_ALLOWED')
  async readResults(@Param('holdout') key: string, @CurrentActor() actor: Actor): Promise<HoldoutResultsDto> {
    return resultsDto(key, (await this.results.read(key, actor)).result);
  }

  @Post(':holdout/metrics')
  @Access('editor')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Measure one more metric',
    description:
      'Over all units since the holdout began. One more metric makes the intervals of the others a little wider. Not after its end.',
  })
  @HoldoutParam()
  @ApiBody({ type: AddHoldoutMetricDto, examples: { quality: { value: HOLDOUT_METRIC_EXAMPLE } } })
  @ApiOkResponse({ type: HoldoutDto })
  @ApiProblems(
    'HOLDOUT_UNKNOWN',
    'ENVIRONMENT_NOT_ALLOWED',
    'STATE_NOT_ALLOWED',
    'METRIC_UNKNOWN',
    'METRIC_UNIT_MISMATCH',
    'METRIC_NOT_DECIDABLE',
  )
  async addMetric(
    @Param('holdout') key: string,
    @Body() { metric }: AddHoldoutMetricDto,
    @CurrentActor() actor: Actor,
  ): Promise<HoldoutDto> {
    return holdoutDto(await this.holdouts.addMetric(key, metric, actor));
  }

  @Post(':holdout/end')
  @Access('editor')
  @HttpCode(200)
  @ApiOperation({
    summary: 'End a holdout',
    description:
      'Its units take part in experiments and rollouts again, and get today’s champions. What it was stays readable.',
  })
  @HoldoutParam()
  @ApiBody({ type: EndHoldoutDto, examples: { 'as planned': { value: END_HOLDOUT_EXAMPLE } } })
  @ApiOkResponse({ type: HoldoutDto })
  @ApiProblems('HOLDOUT_UNKNOWN', 'ENVIRONMENT_NOT_ALLOWED', 'STATE_NOT_ALLOWED')
  async end(
    @Param('holdout') key: string,
    @Body() { reason }: EndHoldoutDto,
    @CurrentActor() actor: Actor,
  ): Promise<HoldoutDto> {
    return holdoutDto(await this.holdouts.end(key, reason, actor));
  }
}

function holdoutDto({ tasks, metrics, ...holdout }: Holdout): HoldoutDto {
  return {
    ...holdout,
    tasks: tasks.map(({ task, model }) => ({ task, model })),
    metrics: metrics.map(({ key, version }) => ({ metric: key, version })),
  };
}

function resultsDto(holdout: string, { integrity, effects, ...result }: HoldoutResult): HoldoutResultsDto {
  const { valid, srmSequential, crossing, reasons } = integrity;
  return {
    holdout,
    ...result,
    integrity: { valid, srmP: srmSequential.p, crossingUnits: crossing.units, reasons: [...reasons] },
    effects: [...effects],
  };
}
