import { Injectable } from '@nestjs/common';
import { MoreThan } from 'typeorm';
import { Database } from '@app/database';
import { type Page, pageOf, type PageRequest, readCursor } from '@app/governance';
import { uuidv7 } from '@app/kernel';
import type { Notice } from '../domain/notice.js';
import type { Delivery, Webhook } from '../domain/webhook.js';
import { type TakenDelivery, WebhookStore } from '../ports/webhook.store.js';
import * as sql from './deliveries.sql.js';
import { WebhookEntity } from './webhook.entities.js';

@Injectable()
export class SqlWebhookStore extends WebhookStore {
  constructor(private readonly database: Database) {
    super();
  }

  async insert(webhook: Webhook, secret: string): Promise<boolean> {
    const { raw } = await this.database.manager
      .createQueryBuilder()
      .insert()
      .into(WebhookEntity)
      .values({ ...webhook, events: [...webhook.events], secret })
      .orIgnore()
      .returning('id')
      .execute();
    return (raw as unknown[]).length > 0;
  }

  async byKey(key: string): Promise<Webhook | null> {
    return this.database.manager.findOneBy(WebhookEntity, { key });
  }

  async list(environment: string | null, page: PageRequest): Promise<Page<Webhook>> {
    const after = readCursor(page);
    const rows = await this.database.manager.find(WebhookEntity, {
      where: {
        ...(environment === null ? {} : { environment }),
        ...(after === null ? {} : { id: MoreThan(after) }),
      },
      order: { id: 'ASC' },
      take: page.limit + 1,
    });
    return pageOf(rows, page, (row) => row.id);
  }

  async save({ id, name, url, format, events, enabled, disabledReason }: Webhook): Promise<void> {
    await this.database.manager.update(
      WebhookEntity,
      { id },
      { name, url, format, events: [...events], enabled, disabledReason },
    );
  }

  async changeSecret(id: string, secret: string): Promise<void> {
    await this.database.manager.update(WebhookEntity, { id }, { secret });
  }

  async remove(id: string): Promise<void> {
    await this.database.manager.delete(WebhookEntity, { id });
  }

  async queue(notice: Notice, at: Date, only?: string): Promise<void> {
    const webhooks = await this.database.query<{ id: string }>(sql.RECEIVERS, [
      notice.environment,
      notice.type,
      only ?? null,
    ]);
    if (webhooks.length === 0) return;
    await this.database.query(sql.QUEUE, [
      webhooks.map(() => uuidv7(at)),
      webhooks.map(({ id }) => id),
      notice.type,
      notice.subject.key,
      JSON.stringify(notice),
      at,
    ]);
  }

  async deliveries(webhookId: string, page: PageRequest): Promise<Page<Delivery>> {
    const rows = await this.database.query<Delivery>(sql.DELIVERIES, [
      webhookId,
      readCursor(page),
      page.limit + 1,
    ]);
    return pageOf(rows, page, (row) => row.id);
  }

  take(now: Date, until: Date, most: number): Promise<TakenDelivery[]> {
    return this.database.query<TakenDelivery>(sql.TAKE, [now, until, most]);
  }

  async delivered(id: string, at: Date, status: number): Promise<void> {
    await this.database.query(sql.DELIVERED, [id, at, status]);
  }

  async failed(
    id: string,
    next: Date | null,
    { status, error }: { readonly status: number | null; readonly error: string },
  ): Promise<void> {
    await this.database.query(sql.FAILED, [id, next, status, error]);
  }

  async gone(webhookId: string, reason: string): Promise<void> {
    await this.database.transaction(async () => {
      await this.database.query(sql.SWITCH_OFF, [webhookId, reason]);
      await this.database.query(sql.GIVE_UP_ALL, [webhookId, reason]);
    });
  }

  async forget(before: Date): Promise<void> {
    await this.database.query(sql.FORGET, [before]);
  }
}
