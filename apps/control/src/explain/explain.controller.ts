import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { Actor } from '@app/governance';
import { Access, CurrentActor } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';
import { TAGS } from '../openapi/tags.js';
import { ExplainService } from './explain.service.js';
import { ExplanationDto } from './explain.dto.js';
import { readExplainQuery } from './explain-query.js';

@ApiTags(TAGS.tasks)
@Controller('api/v1/tasks')
export class ExplainController {
  constructor(private readonly explaining: ExplainService) {}

  @Get(':task/explain')
  @Access('viewer')
  @ApiOperation({
    summary: 'Why does this unit get this model?',
    description:
      'Walks the newest published rules for one unit, step by step, and records nothing: neither an exposure nor an event. Add what is known of the unit as `attr.<name>=<value>`, for instance `attr.plan=pro`; numbers, true and false are read as such, `"quotes"` keep a text a text.',
  })
  @ApiParam({ name: 'task', description: 'Key of the task.', example: 'support-reply' })
  @ApiQuery({
    name: 'unit',
    type: String,
    required: false,
    description: 'Id of the unit, as the service sends it.',
    example: 'user-42',
  })
  @ApiQuery({ name: 'environment', type: String, required: true, example: 'production' })
  @ApiQuery({
    name: 'attributes',
    required: false,
    style: 'form',
    explode: true,
    schema: { type: 'object', additionalProperties: { type: 'string' }, example: { 'attr.plan': 'pro' } },
  })
  @ApiOkResponse({ type: ExplanationDto })
  @ApiProblems('TASK_UNKNOWN', 'ENVIRONMENT_UNKNOWN', 'ENVIRONMENT_NOT_ALLOWED')
  explain(
    @Param('task') task: string,
    @Query() query: Record<string, unknown>,
    @CurrentActor() actor: Actor,
  ): Promise<ExplanationDto> {
    return this.explaining.explain(task, readExplainQuery(query), actor);
  }
}
