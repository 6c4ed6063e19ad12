import { Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import { AnalysisError, type Look, LookReader, LookService } from '@app/analysis';
import { type Experiment, ExperimentDraftService } from '@app/experiments';
import type { Actor, Page } from '@app/governance';
import type { Response } from 'express';
import { Access, CurrentActor } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';
import { ControlError } from '../http/control.errors.js';
import { WithoutIdempotency } from '../http/idempotency.interceptor.js';
import { toDate } from '../http/instant.js';
import { ApiPage, mapPage, PageQuery } from '../http/pagination.js';
import { TAGS } from '../openapi/tags.js';
import { ResultsQuery, TimeseriesQuery } from './dto/results-query.dto.js';
import { DailyDto, ExplorationDto, LookHistoryDto, ResultsDto, TimeseriesDto } from './dto/results.dto.js';
import { LookRequests } from './look-requests.js';
import { resultsCsv } from './results-csv.js';
import { dailyView, explorationView, resultsView, timeseriesView } from './results-view.js';

const Experimental = (): MethodDecorator =>
  ApiParam({ name: 'key', description: 'Key of the experiment.', example: 'reply-large' });

@ApiTags(TAGS.results)
@Controller('api/v1/experiments/:key')
export class ResultsController {
  constructor(
    private readonly experiments: ExperimentDraftService,
    private readonly looks: LookReader,
    private readonly service: LookService,
    private readonly requests: LookRequests,
  ) {}

  @Get('results')
  @Access('viewer')
  @ApiOperation({
    summary: 'Read the results',
    description:
      'The latest look: a verdict with its reasons per challenger, each metric with an interval that holds however often ' +
      'you look, and whether the data can be trusted.',
  })
  @Experimental()
  @ApiExtraModels(ResultsDto, ExplorationDto)
  @ApiOkResponse({
    description: 'The look; with `dimension` the breakdown, with `format=csv` lines for a spreadsheet.',
    content: {
      'application/json': {
        schema: { oneOf: [{ $ref: getSchemaPath(ResultsDto) }, { $ref: getSchemaPath(ExplorationDto) }] },
      },
      'text/csv': { schema: { type: 'string' } },
    },
  })
  @ApiProblems(
    'EXPERIMENT_UNKNOWN',
    'NO_LOOK_YET',
    'LOOK_NOT_POSSIBLE',
    'DIMENSION_UNKNOWN',
    'REQUEST_NOT_VALID',
  )
  async results(
    @Param('key') key: string,
    @Query() { at, dimension, format }: ResultsQuery,
    @CurrentActor() actor: Actor,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ResultsDto | ExplorationDto | string> {
    const experiment = await this.experiments.find(key, actor);
    if (dimension !== undefined) {
      if (at !== undefined || format === 'csv') {
        throw new ControlError(
          'REQUEST_NOT_VALID',
          'a dimension is broken down as of now and as JSON: leave `at` and `format` away',
        );
      }
      return explorationView(key, dimension, await this.service.explore(experiment.id, dimension));
    }
    const look = await this.lookOf(experiment, toDate(at));
    if (format === 'json') return resultsView(key, look);
    response.type('text/csv').attachment(`${key}-look-${look.number}.csv`);
    return resultsCsv(look);
  }

  @Get('looks')
  @Access('viewer')
  @ApiOperation({
    summary: 'List the looks',
    description: 'Newest first: when, why, and each verdict with its reasons.',
  })
  @Experimental()
  @ApiPage(LookHistoryDto)
  @ApiProblems('EXPERIMENT_UNKNOWN', 'CURSOR_NOT_VALID')
  async history(
    @Param('key') key: string,
    @Query() page: PageQuery,
    @CurrentActor() actor: Actor,
  ): Promise<Page<LookHistoryDto>> {
    const experiment = await this.experiments.find(key, actor);
    return mapPage(await this.looks.history(experiment.id, page), (look) => look);
  }

  @Get('timeseries')
  @Access('viewer')
  @ApiOperation({
    summary: 'Follow the figures over the looks',
    description:
      'For plots: per metric, each arm’s value and each comparison’s difference with its always-valid interval.',
  })
  @Experimental()
  @ApiOkResponse({ type: TimeseriesDto })
  @ApiProblems('EXPERIMENT_UNKNOWN')
  async timeseries(
    @Param('key') key: string,
    @Query() { limit }: TimeseriesQuery,
    @CurrentActor() actor: Actor,
  ): Promise<TimeseriesDto> {
    const experiment = await this.experiments.find(key, actor);
    return timeseriesView(key, await this.looks.series(experiment.id, limit));
  }

  @Get('daily')
  @Access('viewer')
  @ApiOperation({
    summary: 'Follow the figures by day of first exposure',
    description:
      'For plots: how many units came into each arm on each day, and what these have come to by now. A day is no look: ' +
      'the difference between two arms on one day decides nothing.',
  })
  @Experimental()
  @ApiOkResponse({ type: DailyDto })
  @ApiProblems('EXPERIMENT_UNKNOWN', 'LOOK_NOT_POSSIBLE')
  async daily(@Param('key') key: string, @CurrentActor() actor: Actor): Promise<DailyDto> {
    const experiment = await this.experiments.find(key, actor);
    return dailyView(key, await this.service.daily(experiment.id));
  }

  @Post('looks')
  @HttpCode(200)
  @Access('editor')
  @WithoutIdempotency()
  @ApiOperation({
    summary: 'Look now',
    description:
      'Waits until everything received so far is counted and takes a look. Looking more often costs nothing: the intervals hold at every look.',
  })
  @Experimental()
  @ApiOkResponse({ type: ResultsDto })
  @ApiProblems('EXPERIMENT_UNKNOWN', 'LOOK_NOT_POSSIBLE', 'LOOK_NOT_TAKEN')
  async look(@Param('key') key: string, @CurrentActor() actor: Actor): Promise<ResultsDto> {
    return resultsView(key, await this.requests.take(await this.experiments.find(key, actor)));
  }

  private async lookOf(experiment: Experiment, at: Date | undefined): Promise<Look> {
    const look = at ? await this.looks.at(experiment.id, at) : await this.looks.latest(experiment.id);
    if (look) return look;
    throw new AnalysisError('NO_LOOK_YET', noLook(experiment, at));
  }
}

/** Why there is nothing to see, and what to do about it. */
function noLook({ key, state }: Experiment, at: Date | undefined): string {
  if (state === 'draft') return `${key} has not started; start it first`;
  if (at) return `no look of ${key} had been taken at ${at.toISOString()}; GET …/looks lists them`;
  return `no look of ${key} has been taken yet; the first comes by itself, or POST …/looks takes one now`;
}
