import { Controller, Get, Module, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { checkEvaluations, EvaluationCheckReader, SqlEvaluationCheckReader } from '@app/events';
import { type Actor, EnvironmentService } from '@app/governance';
import { Clock } from '@app/kernel';
import { Access, CurrentActor } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';
import { TAGS } from '../openapi/tags.js';
import { EvaluationCheckDto, EvaluationCheckQuery } from './evaluation-check.dto.js';

const HOUR_MS = 3_600_000;

@ApiTags(TAGS.tasks)
@Controller('api/v1/tasks')
export class EvaluationsController {
  constructor(
    private readonly environments: EnvironmentService,
    private readonly reader: EvaluationCheckReader,
    private readonly clock: Clock,
  ) {}

  @Get(':task/evaluations')
  @Access('viewer')
  @ApiOperation({
    summary: 'Do Unleash SDKs give the arms that are exposed?',
    description:
      'What SDKs that evaluate on their own say they gave, held against the exposures of the same hours. A cross-check and never evidence: evaluations are no units.',
  })
  @ApiParam({ name: 'task', description: 'Key of the task.', example: 'support-reply' })
  @ApiOkResponse({ type: EvaluationCheckDto })
  @ApiProblems('ENVIRONMENT_UNKNOWN', 'ENVIRONMENT_NOT_ALLOWED')
  async check(
    @Param('task') task: string,
    @Query() { environment, hours }: EvaluationCheckQuery,
    @CurrentActor() actor: Actor,
  ): Promise<EvaluationCheckDto> {
    await this.environments.require(environment, actor);
    const since = new Date(this.clock.now().getTime() - hours * HOUR_MS);
    const { yes, no, arms } = checkEvaluations(await this.reader.read(environment, task, since));
    return { task, environment, since, yes, no, arms: [...arms] };
  }
}

/** Environments, the clock and the database come from modules that are global. */
@Module({
  controllers: [EvaluationsController],
  providers: [{ provide: EvaluationCheckReader, useClass: SqlEvaluationCheckReader }],
})
export class EvaluationsApiModule {}
