import { Body, Controller, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Actor, Page } from '@app/governance';
import { ModelService } from '@app/registry';
import { Access, CurrentActor } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';
import { ApiPage, mapPage, PageQuery } from '../http/pagination.js';
import { MODEL_CHANGE_EXAMPLE, MODEL_EXAMPLES } from '../openapi/examples.js';
import { TAGS } from '../openapi/tags.js';
import { CreateModelDto, ModelDto, modelDto, UpdateModelDto } from './dto/model.dto.js';

const ModelParam = (): MethodDecorator =>
  ApiParam({ name: 'model', description: 'Key of the model.', example: 'support-small' });

@ApiTags(TAGS.models)
@Controller('api/v1/models')
export class ModelsController {
  constructor(private readonly models: ModelService) {}

  @Post()
  @Access('editor')
  @ApiOperation({
    summary: 'Register a model',
    description: 'Its first version. Register one for each answer you want to compare.',
  })
  @ApiBody({ type: CreateModelDto, examples: MODEL_EXAMPLES })
  @ApiCreatedResponse({ type: ModelDto })
  @ApiProblems('KEY_TAKEN')
  async create(@Body() body: CreateModelDto, @CurrentActor() actor: Actor): Promise<ModelDto> {
    return modelDto(await this.models.create(body, actor));
  }

  @Get()
  @Access('viewer')
  @ApiOperation({ summary: 'List models', description: 'The newest version of each, by key.' })
  @ApiPage(ModelDto)
  @ApiProblems('CURSOR_NOT_VALID')
  async list(@Query() page: PageQuery): Promise<Page<ModelDto>> {
    return mapPage(await this.models.list(page), modelDto);
  }

  @Get(':model')
  @Access('viewer')
  @ApiOperation({ summary: 'Read a model', description: 'By `key` (its newest version) or `key@version`.' })
  @ModelParam()
  @ApiOkResponse({ type: ModelDto })
  @ApiProblems('MODEL_UNKNOWN', 'MODEL_REFERENCE_NOT_VALID')
  async read(@Param('model') key: string): Promise<ModelDto> {
    return modelDto(await this.models.find(key));
  }

  @Get(':model/versions')
  @Access('viewer')
  @ApiOperation({ summary: 'List the versions of a model', description: 'Newest first.' })
  @ModelParam()
  @ApiOkResponse({ type: [ModelDto] })
  @ApiProblems('MODEL_UNKNOWN')
  async versions(@Param('model') key: string): Promise<ModelDto[]> {
    return (await this.models.versions(key)).map(modelDto);
  }

  @Patch(':model')
  @Access('editor')
  @ApiOperation({
    summary: 'Change a model',
    description:
      'Makes the next version; what you leave out stays. Champions and experiments keep the version they have.',
  })
  @ModelParam()
  @ApiBody({ type: UpdateModelDto, examples: { 'new prompt': { value: MODEL_CHANGE_EXAMPLE } } })
  @ApiOkResponse({ type: ModelDto })
  @ApiProblems('MODEL_UNKNOWN')
  async revise(
    @Param('model') key: string,
    @Body() body: UpdateModelDto,
    @CurrentActor() actor: Actor,
  ): Promise<ModelDto> {
    return modelDto(await this.models.revise(key, body, actor));
  }
}
