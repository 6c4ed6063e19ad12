import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { FetchWebhookSender } from './persistence/fetch-webhook-sender.js';
import { OutboxNotifier } from './persistence/outbox-notifier.js';
import { SqlWebhookStore } from './persistence/sql-webhook.store.js';
import { WebhookEntity } from './persistence/webhook.entities.js';
import { Notifier } from './ports/notifier.js';
import { WebhookSender } from './ports/webhook-sender.js';
import { WebhookStore } from './ports/webhook.store.js';
import { WebhookService } from './webhook.service.js';

/** Who outside is told of what; sending itself belongs to the worker (`DeliveryService`). */
@Module({
  imports: [TypeOrmModule.forFeature([WebhookEntity])],
  providers: [
    { provide: WebhookStore, useClass: SqlWebhookStore },
    { provide: Notifier, useClass: OutboxNotifier },
    { provide: WebhookSender, useClass: FetchWebhookSender },
    WebhookService,
  ],
  exports: [Notifier, WebhookStore, WebhookSender, WebhookService],
})
export class NotificationsModule {}
