import { Body, Controller, Delete, Get, Header, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBody,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import type { Actor, Page } from '@app/governance';
import { type Delivery, shown, WebhookService } from '@app/notifications';
import { Access, CurrentActor } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';
import { WithoutIdempotency } from '../http/idempotency.interceptor.js';
import { ApiPage, PageQuery } from '../http/pagination.js';
import { WEBHOOK_CHANGE_EXAMPLE, WEBHOOK_EXAMPLES } from '../openapi/examples.js';
import { TAGS } from '../openapi/tags.js';
import {
  ChangeWebhookDto,
  CreateWebhookDto,
  DeliveryDto,
  WebhookDto,
  WebhookWithSecretDto,
} from './webhook.dto.js';

const WebhookParam = (): MethodDecorator =>
  ApiParam({ name: 'key', description: 'Key of the webhook.', example: 'release-channel' });

@ApiTags(TAGS.webhooks)
@Controller('api/v1/webhooks')
@Access('admin')
export class WebhooksController {
  constructor(private readonly webhooks: WebhookService) {}

  @Post()
  @WithoutIdempotency()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'Tell an address outside of rollouts',
    description:
      'Every delivery carries `webhook-id`, `webhook-timestamp` and `webhook-signature` (Standard Webhooks: HMAC-SHA-256 ' +
      'over `id.timestamp.body`). Refuse timestamps more than five minutes off and ids you have seen. An answer other ' +
      'than 2xx is tried again for three days; 410 switches the webhook off. The secret is shown this once.',
  })
  @ApiBody({ type: CreateWebhookDto, examples: WEBHOOK_EXAMPLES })
  @ApiCreatedResponse({ type: WebhookWithSecretDto })
  @ApiProblems('KEY_TAKEN', 'WEBHOOK_URL_NOT_VALID', 'ENVIRONMENT_UNKNOWN', 'ENVIRONMENT_NOT_ALLOWED')
  async create(@Body() body: CreateWebhookDto, @CurrentActor() actor: Actor): Promise<WebhookWithSecretDto> {
    const { webhook, secret } = await this.webhooks.create(body, actor);
    return { ...shown(webhook), secret };
  }

  @Get()
  @ApiOperation({ summary: 'List webhooks', description: 'Oldest first; never their secrets.' })
  @ApiPage(WebhookDto)
  @ApiProblems('CURSOR_NOT_VALID')
  async list(@Query() query: PageQuery, @CurrentActor() actor: Actor): Promise<Page<WebhookDto>> {
    const page = await this.webhooks.list(query, actor);
    return { ...page, items: page.items.map(shown) };
  }

  @Get(':key')
  @WebhookParam()
  @ApiOperation({ summary: 'Read a webhook' })
  @ApiOkResponse({ type: WebhookDto })
  @ApiProblems('WEBHOOK_UNKNOWN')
  async get(@Param('key') key: string, @CurrentActor() actor: Actor): Promise<WebhookDto> {
    return shown(await this.webhooks.get(key, actor));
  }

  @Patch(':key')
  @WebhookParam()
  @ApiOperation({ summary: 'Change a webhook', description: 'What is left out stays.' })
  @ApiBody({ type: ChangeWebhookDto, examples: { quiet: { value: WEBHOOK_CHANGE_EXAMPLE } } })
  @ApiOkResponse({ type: WebhookDto })
  @ApiProblems('WEBHOOK_UNKNOWN', 'WEBHOOK_URL_NOT_VALID')
  async change(
    @Param('key') key: string,
    @Body() body: ChangeWebhookDto,
    @CurrentActor() actor: Actor,
  ): Promise<WebhookDto> {
    return shown(await this.webhooks.change(key, body, actor));
  }

  @Post(':key/rotate-secret')
  @HttpCode(200)
  @WithoutIdempotency()
  @Header('Cache-Control', 'no-store')
  @WebhookParam()
  @ApiOperation({ summary: 'Exchange the secret', description: 'The old one signs nothing from now on.' })
  @ApiOkResponse({ type: WebhookWithSecretDto })
  @ApiProblems('WEBHOOK_UNKNOWN')
  async rotate(@Param('key') key: string, @CurrentActor() actor: Actor): Promise<WebhookWithSecretDto> {
    const { webhook, secret } = await this.webhooks.rotate(key, actor);
    return { ...shown(webhook), secret };
  }

  @Post(':key/test')
  @HttpCode(202)
  @WebhookParam()
  @ApiOperation({
    summary: 'Send a test notice',
    description: 'Queued like any other; its fate is among the deliveries within a second or two.',
  })
  @ApiAcceptedResponse({ description: 'Queued.' })
  @ApiProblems('WEBHOOK_UNKNOWN')
  async test(@Param('key') key: string, @CurrentActor() actor: Actor): Promise<void> {
    await this.webhooks.test(key, actor);
  }

  @Get(':key/deliveries')
  @WebhookParam()
  @ApiOperation({
    summary: 'What it was told, and is still to be told',
    description: 'Newest first; 30 days.',
  })
  @ApiPage(DeliveryDto)
  @ApiProblems('WEBHOOK_UNKNOWN', 'CURSOR_NOT_VALID')
  deliveries(
    @Param('key') key: string,
    @Query() query: PageQuery,
    @CurrentActor() actor: Actor,
  ): Promise<Page<Delivery>> {
    return this.webhooks.deliveries(key, query, actor);
  }

  @Delete(':key')
  @HttpCode(204)
  @WebhookParam()
  @ApiOperation({ summary: 'Remove a webhook', description: 'With all that it was still to be told.' })
  @ApiNoContentResponse()
  @ApiProblems('WEBHOOK_UNKNOWN')
  async remove(@Param('key') key: string, @CurrentActor() actor: Actor): Promise<void> {
    await this.webhooks.remove(key, actor);
  }
}
