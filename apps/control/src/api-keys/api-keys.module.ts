import {
  Body,
  Controller,
  Get,
  Header,
  HttpCode,
  Module,
  Param,
  ParseUUIDPipe,
  Post,
  Query,
} from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { type Actor, type ApiKey, ApiKeyService, type Page } from '@app/governance';
import { Access, CurrentActor } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';
import { ControlError } from '../http/control.errors.js';
import { WithoutIdempotency } from '../http/idempotency.interceptor.js';
import { ApiPage, PageQuery } from '../http/pagination.js';
import { API_KEY_EXAMPLES } from '../openapi/examples.js';
import { TAGS } from '../openapi/tags.js';
import { ApiKeyDto, CreateApiKeyDto, CreatedApiKeyDto } from './api-key.dto.js';

const id = new ParseUUIDPipe({
  exceptionFactory: () => new ControlError('REQUEST_NOT_VALID', 'the id of an API key is a UUID'),
});

@ApiTags(TAGS.apiKeys)
@Controller('api/v1/api-keys')
@Access('admin')
export class ApiKeysController {
  constructor(private readonly keys: ApiKeyService) {}

  @Post()
  @WithoutIdempotency()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'Make an API key',
    description:
      'The answer holds the key once; only a salted hash of it is stored. `Idempotency-Key` is ignored here.',
  })
  @ApiBody({ type: CreateApiKeyDto, examples: API_KEY_EXAMPLES })
  @ApiCreatedResponse({ type: CreatedApiKeyDto })
  @ApiProblems('SERVICE_KEY_NEEDS_ENVIRONMENT', 'ENVIRONMENT_UNKNOWN', 'ENVIRONMENT_NOT_ALLOWED')
  create(@Body() body: CreateApiKeyDto, @CurrentActor() actor: Actor): Promise<CreatedApiKeyDto> {
    return this.keys.create(body, actor);
  }

  @Get()
  @ApiOperation({
    summary: 'List API keys',
    description: 'Oldest first, revoked ones too; never their text.',
  })
  @ApiPage(ApiKeyDto)
  @ApiProblems('CURSOR_NOT_VALID')
  list(@Query() page: PageQuery, @CurrentActor() actor: Actor): Promise<Page<ApiKey>> {
    return this.keys.list(page, actor);
  }

  @Post(':id/revoke')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Revoke an API key',
    description: 'At once and for good. The last admin key stays.',
  })
  @ApiParam({ name: 'id', format: 'uuid', description: '`id` of the key.' })
  @ApiOkResponse({ type: ApiKeyDto })
  @ApiProblems('API_KEY_UNKNOWN', 'LAST_ADMIN_KEY')
  revoke(@Param('id', id) keyId: string, @CurrentActor() actor: Actor): Promise<ApiKeyDto> {
    return this.keys.revoke(keyId, actor);
  }
}

@Module({ controllers: [ApiKeysController] })
export class ApiKeysModule {}
