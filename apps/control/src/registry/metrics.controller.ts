import { Body, Controller, Get, Param, Post, Put, Query } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Actor, Page } from '@app/governance';
import { MetricService } from '@app/registry';
import { Access, CurrentActor } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';
import { ApiPage, mapPage, PageQuery } from '../http/pagination.js';
import { METRIC_CHANGE_EXAMPLE, METRIC_EXAMPLES } from '../openapi/examples.js';
import { TAGS } from '../openapi/tags.js';
import { CreateMetricDto, MetricDto, metricDto, metricInput, UpdateMetricDto } from './dto/metric.dto.js';

const MetricParam = (): MethodDecorator =>
  ApiParam({ name: 'metric', description: 'Key of the metric.', example: 'quality' });

const CONTRADICTIONS = [
  'METRIC_NOT_CONSISTENT',
  'RATIO_NEEDS_NUMERATOR',
  'QUANTILE_NEEDS_LEVEL',
  'BOUNDS_NOT_ORDERED',
] as const;

@ApiTags(TAGS.metrics)
@Controller('api/v1/metrics')
export class MetricsController {
  constructor(private readonly metrics: MetricService) {}

  @Post()
  @Access('editor')
  @ApiOperation({
    summary: 'Define a metric',
    description:
      'How the events of a unit become one number. Define what should get better, and what must not get worse.',
  })
  @ApiBody({ type: CreateMetricDto, examples: METRIC_EXAMPLES })
  @ApiCreatedResponse({ type: MetricDto })
  @ApiProblems('KEY_TAKEN', ...CONTRADICTIONS)
  async create(@Body() { key, ...body }: CreateMetricDto, @CurrentActor() actor: Actor): Promise<MetricDto> {
    return metricDto(await this.metrics.create(key, metricInput(body), actor));
  }

  @Get()
  @Access('viewer')
  @ApiOperation({ summary: 'List metrics', description: 'The newest version of each, by key.' })
  @ApiPage(MetricDto)
  @ApiProblems('CURSOR_NOT_VALID')
  async list(@Query() page: PageQuery): Promise<Page<MetricDto>> {
    return mapPage(await this.metrics.list(page), metricDto);
  }

  @Get(':metric')
  @Access('viewer')
  @ApiOperation({ summary: 'Read a metric', description: 'Its newest version.' })
  @MetricParam()
  @ApiOkResponse({ type: MetricDto })
  @ApiProblems('METRIC_UNKNOWN')
  async read(@Param('metric') key: string): Promise<MetricDto> {
    return metricDto(await this.metrics.find(key));
  }

  @Get(':metric/versions')
  @Access('viewer')
  @ApiOperation({ summary: 'List the versions of a metric', description: 'Newest first.' })
  @MetricParam()
  @ApiOkResponse({ type: [MetricDto] })
  @ApiProblems('METRIC_UNKNOWN')
  async versions(@Param('metric') key: string): Promise<MetricDto[]> {
    return (await this.metrics.versions(key)).map(metricDto);
  }

  @Put(':metric')
  @Access('editor')
  @ApiOperation({
    summary: 'Change a metric',
    description:
      'Makes the next version, whole. Running experiments keep theirs; drafts take the newest at start.',
  })
  @MetricParam()
  @ApiBody({ type: UpdateMetricDto, examples: { 'clearer words': { value: METRIC_CHANGE_EXAMPLE } } })
  @ApiOkResponse({ type: MetricDto })
  @ApiProblems('METRIC_UNKNOWN', ...CONTRADICTIONS)
  async revise(
    @Param('metric') key: string,
    @Body() body: UpdateMetricDto,
    @CurrentActor() actor: Actor,
  ): Promise<MetricDto> {
    return metricDto(await this.metrics.revise(key, metricInput(body), actor));
  }
}
