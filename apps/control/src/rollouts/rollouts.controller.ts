import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Actor, Page } from '@app/governance';
import { PromotionService, type Rollout, RolloutNames, RolloutService } from '@app/rollouts';
import { Access, CurrentActor } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';
import { ApiPage, PageQuery } from '../http/pagination.js';
import { TAGS } from '../openapi/tags.js';
import { RehearsalDto } from './dto/rehearsal.dto.js';
import { DecisionDto, PromoteDto, RehearseDto, RolloutQuery } from './dto/rollout-request.dto.js';
import { ReceiptDto, RolloutDto, RolloutSummaryDto } from './dto/rollout.dto.js';
import { planView, receiptView, rolloutSummary, rolloutView } from './rollout-view.js';
import { DECISION_EXAMPLES, PROMOTE_EXAMPLES, REHEARSE_EXAMPLES } from './rollout.examples.js';

const RolloutParam = (): MethodDecorator =>
  ApiParam({ name: 'key', description: 'Key of the rollout.', example: 'reply-large' });

@ApiTags(TAGS.rollouts)
@Controller('api/v1')
export class RolloutsController {
  constructor(
    private readonly rollouts: RolloutService,
    private readonly promotions: PromotionService,
    private readonly names: RolloutNames,
  ) {}

  @Post('experiments/:key/promote')
  @Access('editor')
  @ApiOperation({
    summary: 'Promote a variant',
    description:
      'Concludes the experiment and begins the staged replacement of the champion, as one step. From SHIP it begins at the ' +
      'first stage in which the challenger keeps at least its share; otherwise at the first stage, and with a reason. ' +
      'Workers then move it by evidence: up when every guardrail is proven, back at proven harm.',
  })
  @ApiParam({ name: 'key', description: 'Key of the experiment.', example: 'reply-large' })
  @ApiBody({ type: PromoteDto, examples: PROMOTE_EXAMPLES })
  @ApiCreatedResponse({ type: RolloutDto })
  @ApiProblems(
    'EXPERIMENT_UNKNOWN',
    'VARIANT_UNKNOWN',
    'PROMOTE_REFUSED',
    'REASON_REQUIRED',
    'ROLLOUT_ALREADY_ACTIVE',
    'ROLLOUT_COOLING_DOWN',
    'ROLLOUT_PLAN_INVALID',
    'STAGE_MARGIN_TOO_WIDE',
    'SCHEME_CANNOT_EXPRESS',
  )
  async promote(
    @Param('key') experiment: string,
    @Body() body: PromoteDto,
    @CurrentActor() actor: Actor,
  ): Promise<RolloutDto> {
    return this.view(await this.promotions.promote(experiment, body, actor));
  }

  @Post('experiments/:key/rehearse')
  @HttpCode(200)
  @Access('viewer')
  @ApiOperation({
    summary: 'Rehearse a promotion',
    description:
      'Plays rollouts of exactly this plan on what the experiment has shown of the task, through the ramp’s own decisions: how ' +
      'likely it rolls back a model that is as good, ships one that is not, how long a winner takes, and how many units meet a ' +
      'harmful one. Begins nothing.',
  })
  @ApiParam({ name: 'key', description: 'Key of the experiment.', example: 'reply-large' })
  @ApiBody({ type: RehearseDto, examples: REHEARSE_EXAMPLES })
  @ApiOkResponse({ type: RehearsalDto })
  @ApiProblems(
    'EXPERIMENT_UNKNOWN',
    'VARIANT_UNKNOWN',
    'PROMOTE_REFUSED',
    'REHEARSAL_NO_HISTORY',
    'ROLLOUT_PLAN_INVALID',
    'STAGE_MARGIN_TOO_WIDE',
  )
  async rehearse(
    @Param('key') experiment: string,
    @Body() body: RehearseDto,
    @CurrentActor() actor: Actor,
  ): Promise<RehearsalDto> {
    // Seconds of arithmetic: everyone else's requests are answered in between.
    const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    const { plan, rehearsal } = await this.promotions.rehearse(experiment, body, actor, pause);
    return { plan: planView(plan), ...rehearsal };
  }

  @Get('rollouts')
  @Access('viewer')
  @ApiOperation({ summary: 'List rollouts', description: 'Newest first.' })
  @ApiPage(RolloutSummaryDto)
  @ApiProblems('CURSOR_NOT_VALID')
  async list(@Query() { task, environment, state, ...page }: RolloutQuery): Promise<Page<RolloutSummaryDto>> {
    const { items, nextCursor } = await this.rollouts.list({ task, environment, state }, page);
    const names = await this.names.of(items.map(({ id }) => id));
    return { items: items.map((rollout) => rolloutSummary(rollout, names.get(rollout.id)!)), nextCursor };
  }

  @Get('rollouts/:key')
  @Access('viewer')
  @ApiOperation({
    summary: 'Read a rollout',
    description:
      'Where it stands and what the ramp sees now: each guardrail with its margin, bound and units, what is proven, and ' +
      'all that is missing before the next stage.',
  })
  @RolloutParam()
  @ApiOkResponse({ type: RolloutDto })
  @ApiProblems('ROLLOUT_UNKNOWN')
  async read(@Param('key') key: string): Promise<RolloutDto> {
    return this.viewOf(key);
  }

  @Get('rollouts/:key/receipts')
  @Access('viewer')
  @ApiOperation({
    summary: 'Read the receipts of a rollout',
    description:
      'Oldest first: every decision with its reasons and all it was made from, each linked to the one before by its hash.',
  })
  @RolloutParam()
  @ApiPage(ReceiptDto)
  @ApiProblems('ROLLOUT_UNKNOWN', 'CURSOR_NOT_VALID')
  async receipts(@Param('key') key: string, @Query() page: PageQuery): Promise<Page<ReceiptDto>> {
    const { items, nextCursor } = await this.rollouts.receipts(key, page);
    return { items: items.map(receiptView), nextCursor };
  }

  @Post('rollouts/:key/approve')
  @HttpCode(200)
  @Access('editor')
  @ApiOperation({
    summary: 'Approve the next stage',
    description: 'For a stage that asks for a person. It is entered once everything else is proven too.',
  })
  @RolloutParam()
  @ApiBody({ type: DecisionDto, examples: DECISION_EXAMPLES.approve })
  @ApiOkResponse({ type: RolloutDto })
  @ApiProblems(
    'ROLLOUT_UNKNOWN',
    'APPROVAL_NOT_NEEDED',
    'APPROVAL_NEEDS_PERSON',
    'ROLLOUT_TRANSITION_REFUSED',
  )
  async approve(
    @Param('key') key: string,
    @Body() { reason }: DecisionDto,
    @CurrentActor() actor: Actor,
  ): Promise<RolloutDto> {
    return this.view(await this.rollouts.approve(key, reason, actor));
  }

  @Post('rollouts/:key/advance')
  @HttpCode(200)
  @Access('editor')
  @ApiOperation({
    summary: 'Go one stage up by hand',
    description:
      'Without waiting for the gates of this stage, inside the approved plan: never past proven harm, failed integrity, ' +
      'a freeze or a missing approval. To 100 % a person goes only in an emergency, or in a dry run that would go there itself.',
  })
  @RolloutParam()
  @ApiBody({ type: DecisionDto, examples: DECISION_EXAMPLES.advance })
  @ApiOkResponse({ type: RolloutDto })
  @ApiProblems(
    'ROLLOUT_UNKNOWN',
    'ROLLOUT_ADVANCE_REFUSED',
    'PROMOTE_NOT_PROVEN',
    'ROLLOUT_TRANSITION_REFUSED',
  )
  async advance(
    @Param('key') key: string,
    @Body() { reason }: DecisionDto,
    @CurrentActor() actor: Actor,
  ): Promise<RolloutDto> {
    return this.view(await this.rollouts.advance(key, reason, actor));
  }

  @Post('rollouts/:key/hold')
  @HttpCode(200)
  @Access('editor')
  @ApiOperation({
    summary: 'Hold a rollout',
    description: 'It stays at its share until someone resumes it. Proven harm still rolls back.',
  })
  @RolloutParam()
  @ApiBody({ type: DecisionDto, examples: DECISION_EXAMPLES.hold })
  @ApiOkResponse({ type: RolloutDto })
  @ApiProblems('ROLLOUT_UNKNOWN', 'ROLLOUT_TRANSITION_REFUSED')
  async hold(
    @Param('key') key: string,
    @Body() { reason }: DecisionDto,
    @CurrentActor() actor: Actor,
  ): Promise<RolloutDto> {
    return this.view(await this.rollouts.hold(key, reason, actor));
  }

  @Post('rollouts/:key/resume')
  @HttpCode(200)
  @Access('editor')
  @ApiOperation({ summary: 'Resume a held rollout', description: 'The next look decides again.' })
  @RolloutParam()
  @ApiBody({ type: DecisionDto, examples: DECISION_EXAMPLES.resume })
  @ApiOkResponse({ type: RolloutDto })
  @ApiProblems('ROLLOUT_UNKNOWN', 'ROLLOUT_TRANSITION_REFUSED')
  async resume(
    @Param('key') key: string,
    @Body() { reason }: DecisionDto,
    @CurrentActor() actor: Actor,
  ): Promise<RolloutDto> {
    return this.view(await this.rollouts.resume(key, reason, actor));
  }

  @Post('rollouts/:key/rollback')
  @HttpCode(200)
  @Access('editor')
  @ApiOperation({
    summary: 'Roll back',
    description:
      'All traffic goes back to the champion at once. The same model cannot be promoted again until the cool-down is over.',
  })
  @RolloutParam()
  @ApiBody({ type: DecisionDto, examples: DECISION_EXAMPLES.rollback })
  @ApiOkResponse({ type: RolloutDto })
  @ApiProblems('ROLLOUT_UNKNOWN', 'ROLLOUT_TRANSITION_REFUSED')
  async rollback(
    @Param('key') key: string,
    @Body() { reason }: DecisionDto,
    @CurrentActor() actor: Actor,
  ): Promise<RolloutDto> {
    return this.view(await this.rollouts.rollback(key, reason, actor));
  }

  private view(rollout: Rollout): Promise<RolloutDto> {
    return this.viewOf(rollout.key);
  }

  private async viewOf(key: string): Promise<RolloutDto> {
    const { rollout, next } = await this.rollouts.status(key);
    const names = await this.names.of([rollout.id]);
    return rolloutView(rollout, next, names.get(rollout.id)!);
  }
}
