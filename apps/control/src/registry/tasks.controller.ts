import { Body, Controller, Get, HttpCode, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Actor, Page } from '@app/governance';
import { GateService, TaskService } from '@app/registry';
import { Access, CurrentActor } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';
import { ApiPage, PageQuery } from '../http/pagination.js';
import {
  CHAMPION_EXAMPLE,
  FORGET_GATES_EXAMPLE,
  SWITCH_EXAMPLE,
  TASK_CHANGE_EXAMPLE,
  TASK_EXAMPLE,
} from '../openapi/examples.js';
import { TAGS } from '../openapi/tags.js';
import {
  CreateTaskDto,
  ForgetGatesDto,
  SetChampionDto,
  SetSwitchDto,
  TaskDto,
  UpdateTaskDto,
} from './dto/task.dto.js';

const TaskParam = (): MethodDecorator =>
  ApiParam({ name: 'task', description: 'Key of the task.', example: 'support-reply' });

@ApiTags(TAGS.tasks)
@Controller('api/v1/tasks')
export class TasksController {
  constructor(
    private readonly tasks: TaskService,
    private readonly gates: GateService,
  ) {}

  @Post()
  @Access('editor')
  @ApiOperation({
    summary: 'Create a task',
    description: 'The name your service asks for, and the unit it is randomised by.',
  })
  @ApiBody({ type: CreateTaskDto, examples: { 'support replies': { value: TASK_EXAMPLE } } })
  @ApiCreatedResponse({ type: TaskDto })
  @ApiProblems('KEY_TAKEN')
  create(@Body() body: CreateTaskDto, @CurrentActor() actor: Actor): Promise<TaskDto> {
    return this.tasks.create(body, actor);
  }

  @Get()
  @Access('viewer')
  @ApiOperation({ summary: 'List tasks', description: 'By key, each with how every environment serves it.' })
  @ApiPage(TaskDto)
  @ApiProblems('CURSOR_NOT_VALID')
  list(@Query() page: PageQuery): Promise<Page<TaskDto>> {
    return this.tasks.list(page);
  }

  @Get(':task')
  @Access('viewer')
  @ApiOperation({ summary: 'Read a task' })
  @TaskParam()
  @ApiOkResponse({ type: TaskDto })
  @ApiProblems('TASK_UNKNOWN')
  read(@Param('task') key: string): Promise<TaskDto> {
    return this.tasks.find(key);
  }

  @Patch(':task')
  @Access('editor')
  @ApiOperation({
    summary: 'Change a task',
    description: 'Its words at any time; its unit type and hash scheme only before the first traffic.',
  })
  @TaskParam()
  @ApiBody({ type: UpdateTaskDto, examples: { description: { value: TASK_CHANGE_EXAMPLE } } })
  @ApiOkResponse({ type: TaskDto })
  @ApiProblems('TASK_UNKNOWN', 'TASK_HAS_TRAFFIC')
  update(
    @Param('task') key: string,
    @Body() body: UpdateTaskDto,
    @CurrentActor() actor: Actor,
  ): Promise<TaskDto> {
    return this.tasks.update(key, body, actor);
  }

  @Put(':task/champion')
  @Access('editor')
  @ApiOperation({
    summary: 'Say who serves by default',
    description: 'In one environment, at once: everyone who is in no experiment and no rollout gets it.',
  })
  @TaskParam()
  @ApiBody({ type: SetChampionDto, examples: { 'with a fallback': { value: CHAMPION_EXAMPLE } } })
  @ApiOkResponse({ type: TaskDto })
  @ApiProblems(
    'TASK_UNKNOWN',
    'ENVIRONMENT_UNKNOWN',
    'ENVIRONMENT_NOT_ALLOWED',
    'MODEL_UNKNOWN',
    'FALLBACKS_REPEAT',
  )
  setChampion(
    @Param('task') key: string,
    @Body() body: SetChampionDto,
    @CurrentActor() actor: Actor,
  ): Promise<TaskDto> {
    return this.tasks.setChampion(key, body, actor);
  }

  @Put(':task/switch')
  @Access('editor')
  @ApiOperation({
    summary: 'Kill switch',
    description:
      'Off: everyone gets the champion within a second, with the reason `DISABLED`; nothing of it is analysed.',
  })
  @TaskParam()
  @ApiBody({ type: SetSwitchDto, examples: { 'on again': { value: SWITCH_EXAMPLE } } })
  @ApiOkResponse({ type: TaskDto })
  @ApiProblems('TASK_UNKNOWN', 'ENVIRONMENT_UNKNOWN', 'ENVIRONMENT_NOT_ALLOWED')
  setSwitch(
    @Param('task') key: string,
    @Body() body: SetSwitchDto,
    @CurrentActor() actor: Actor,
  ): Promise<TaskDto> {
    return this.tasks.setSwitch(key, body, actor);
  }

  @Post(':task/forget-gates')
  @HttpCode(200)
  @Access('editor')
  @ApiOperation({
    summary: 'Open what a flag server closed that is gone',
    description:
      'Gates that your Unleash server closed stay closed while it cannot be reached. This opens them; a server that still says the same closes them within a second or two.',
  })
  @TaskParam()
  @ApiBody({ type: ForgetGatesDto, examples: { 'no server any more': { value: FORGET_GATES_EXAMPLE } } })
  @ApiOkResponse({ type: TaskDto })
  @ApiProblems('TASK_UNKNOWN', 'ENVIRONMENT_UNKNOWN', 'ENVIRONMENT_NOT_ALLOWED')
  forgetGates(
    @Param('task') key: string,
    @Body() body: ForgetGatesDto,
    @CurrentActor() actor: Actor,
  ): Promise<TaskDto> {
    return this.gates.forget(key, body, actor);
  }
}
