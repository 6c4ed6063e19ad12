import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBody,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import type { Actor } from '@app/governance';
import { CorrectionService } from '@app/metrics';
import { Access, CurrentActor } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';
import { WithoutIdempotency } from '../http/idempotency.interceptor.js';
import { TAGS } from '../openapi/tags.js';
import {
  EraseUnitDto,
  ErasureDto,
  RecountDto,
  RecountExperimentDto,
  RecountUnitDto,
} from './corrections.dto.js';

const ERASURE_EXAMPLE: EraseUnitDto = {
  environment: 'production',
  unit: 'user-42',
  unitType: 'user',
  reason: 'Request 2026-118',
};

@ApiTags(TAGS.corrections)
@Controller('api/v1')
export class CorrectionsController {
  constructor(private readonly corrections: CorrectionService) {}

  @Post('erasures')
  @Access('admin')
  @HttpCode(200)
  // Safe to repeat by itself; a stored digest of the request would be a trace of the unit.
  @WithoutIdempotency()
  @ApiOperation({
    summary: 'Forget a unit',
    description:
      'Removes all events of a unit and counts the statistics it was in without it, in one step. What happened before and arrives later is removed on arrival; what happens afterwards is a new beginning. Looks and receipts hold sums over units and stay. Safe to repeat.',
  })
  @ApiBody({ type: EraseUnitDto, examples: { 'a privacy request': { value: ERASURE_EXAMPLE } } })
  @ApiOkResponse({ type: ErasureDto })
  @ApiProblems('ENVIRONMENT_UNKNOWN', 'ENVIRONMENT_NOT_ALLOWED')
  async erase(
    @Body() { reason, unitType = '', environment, unit }: EraseUnitDto,
    @CurrentActor() actor: Actor,
  ): Promise<ErasureDto> {
    const { subjects, overrides, ...erased } = await this.corrections.erase(
      { environment, unit, unitType },
      reason,
      actor,
    );
    return { ...erased, subjects: [...subjects], overrides: [...overrides] };
  }

  @Post('experiments/:experiment/recount')
  @Access('editor')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Count an experiment anew',
    description:
      'Workers compute the rows of every unit again from its events, and the statistics from these. Changes nothing when all was right.',
  })
  @ApiParam({ name: 'experiment', description: 'Key of the experiment.', example: 'shorter-replies' })
  @ApiAcceptedResponse({ type: RecountDto })
  @ApiProblems('SUBJECT_UNKNOWN', 'ENVIRONMENT_NOT_ALLOWED', 'EVENTS_DROPPED')
  async recountExperiment(
    @Param('experiment') key: string,
    @Body() { reason }: RecountExperimentDto,
    @CurrentActor() actor: Actor,
  ): Promise<RecountDto> {
    return { units: await this.corrections.recountSubject('experiment', key, reason, actor) };
  }

  @Post('rollouts/:rollout/recount')
  @Access('editor')
  @HttpCode(202)
  @ApiOperation({ summary: 'Count a rollout anew', description: 'As for an experiment.' })
  @ApiParam({ name: 'rollout', description: 'Key of the rollout.', example: 'support-reply-2' })
  @ApiAcceptedResponse({ type: RecountDto })
  @ApiProblems('SUBJECT_UNKNOWN', 'ENVIRONMENT_NOT_ALLOWED', 'EVENTS_DROPPED')
  async recountRollout(
    @Param('rollout') key: string,
    @Body() { reason }: RecountExperimentDto,
    @CurrentActor() actor: Actor,
  ): Promise<RecountDto> {
    return { units: await this.corrections.recountSubject('rollout', key, reason, actor) };
  }

  @Post('holdouts/:holdout/recount')
  @Access('editor')
  @HttpCode(202)
  @ApiOperation({ summary: 'Count a holdout anew', description: 'As for an experiment.' })
  @ApiParam({ name: 'holdout', description: 'Key of the holdout.', example: '2026-q1' })
  @ApiAcceptedResponse({ type: RecountDto })
  @ApiProblems('SUBJECT_UNKNOWN', 'ENVIRONMENT_NOT_ALLOWED', 'EVENTS_DROPPED')
  async recountHoldout(
    @Param('holdout') key: string,
    @Body() { reason }: RecountExperimentDto,
    @CurrentActor() actor: Actor,
  ): Promise<RecountDto> {
    return { units: await this.corrections.recountSubject('holdout', key, reason, actor) };
  }

  @Post('units/recount')
  @Access('editor')
  @HttpCode(202)
  // A stored digest of the request would be a trace of the unit.
  @WithoutIdempotency()
  @ApiOperation({
    summary: 'Count a unit anew',
    description: 'In every experiment and rollout whose events are still kept.',
  })
  @ApiAcceptedResponse({ type: RecountDto })
  @ApiProblems('ENVIRONMENT_UNKNOWN', 'ENVIRONMENT_NOT_ALLOWED')
  async recountUnit(
    @Body() { environment, unit }: RecountUnitDto,
    @CurrentActor() actor: Actor,
  ): Promise<RecountDto> {
    await this.corrections.recountUnit(environment, unit, actor);
    return { units: 1 };
  }
}
