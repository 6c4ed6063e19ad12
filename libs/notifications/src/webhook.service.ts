import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import {
  type Actor,
  AuditLog,
  EnvironmentService,
  GovernanceError,
  environmentAllowed,
  type Page,
  type PageRequest,
} from '@app/governance';
import { Clock, uuidv7 } from '@app/kernel';
import { NotificationError } from './domain/notification.errors.js';
import type { NoticeType } from './domain/notice.js';
import { secretText } from './domain/signature.js';
import { addressProblem, type Delivery, type Webhook, type WebhookFormat } from './domain/webhook.js';
import { WebhookStore } from './ports/webhook.store.js';

export interface NewWebhook {
  readonly key: string;
  readonly name?: string;
  readonly environment?: string | null;
  readonly url: string;
  readonly format?: WebhookFormat;
  readonly events?: readonly NoticeType[];
}

export interface WebhookChange {
  readonly name?: string;
  readonly url?: string;
  readonly format?: WebhookFormat;
  readonly events?: readonly NoticeType[];
  readonly enabled?: boolean;
}

/** Who outside is told of what. */
@Injectable()
export class WebhookService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
    private readonly environments: EnvironmentService,
    private readonly store: WebhookStore,
  ) {}

  /** The secret is shown this once. */
  async create(given: NewWebhook, actor: Actor): Promise<{ webhook: Webhook; secret: string }> {
    requireAddress(given.url);
    const environment = given.environment ?? actor.environment ?? null;
    return this.database.transaction(async () => {
      if (environment !== null) await this.environments.require(environment, actor);
      const now = this.clock.now();
      const webhook: Webhook = {
        id: uuidv7(now),
        key: given.key,
        name: given.name ?? given.key,
        environment,
        url: given.url,
        format: given.format ?? 'json',
        events: given.events ?? [],
        enabled: true,
        disabledReason: null,
        createdBy: actor.name,
        createdAt: now,
      };
      const secret = secretText(randomBytes(32));
      if (!(await this.store.insert(webhook, secret))) {
        throw new GovernanceError('KEY_TAKEN', `a webhook "${given.key}" already exists`);
      }
      await this.record('create', null, webhook, actor);
      return { webhook, secret };
    });
  }

  async get(key: string, actor: Actor): Promise<Webhook> {
    const webhook = await this.store.byKey(key);
    if (!webhook || !mayTouch(actor, webhook)) {
      throw new NotificationError('WEBHOOK_UNKNOWN', `there is no webhook "${key}"`);
    }
    return webhook;
  }

  async list(page: PageRequest, actor: Actor): Promise<Page<Webhook>> {
    return this.store.list(actor.environment ?? null, page);
  }

  async change(key: string, change: WebhookChange, actor: Actor): Promise<Webhook> {
    if (change.url !== undefined) requireAddress(change.url);
    return this.database.transaction(async () => {
      const before = await this.get(key, actor);
      const after: Webhook = {
        ...before,
        ...change,
        disabledReason: change.enabled === true ? null : before.disabledReason,
      };
      await this.store.save(after);
      await this.record('change', before, after, actor);
      return after;
    });
  }

  /** A new secret, shown this once; the old one signs nothing from now on. */
  async rotate(key: string, actor: Actor): Promise<{ webhook: Webhook; secret: string }> {
    return this.database.transaction(async () => {
      const webhook = await this.get(key, actor);
      const secret = secretText(randomBytes(32));
      await this.store.changeSecret(webhook.id, secret);
      await this.record('rotate-secret', null, webhook, actor);
      return { webhook, secret };
    });
  }

  async remove(key: string, actor: Actor): Promise<void> {
    await this.database.transaction(async () => {
      const webhook = await this.get(key, actor);
      await this.store.remove(webhook.id);
      await this.record('delete', webhook, null, actor);
    });
  }

  /** Queues a notice for this webhook alone, so that its owner sees it arrive. */
  async test(key: string, actor: Actor): Promise<void> {
    await this.database.transaction(async () => {
      const webhook = await this.get(key, actor);
      const now = this.clock.now();
      await this.store.queue(
        {
          type: 'webhook.test',
          at: now.toISOString(),
          environment: webhook.environment ?? 'all',
          subject: { kind: 'webhook', key },
          title: `Contender can reach ${webhook.name}`,
          reasons: [],
          actor: actor.name,
          data: {},
        },
        now,
        webhook.id,
      );
    });
  }

  async deliveries(key: string, page: PageRequest, actor: Actor): Promise<Page<Delivery>> {
    const webhook = await this.get(key, actor);
    return this.store.deliveries(webhook.id, page);
  }

  private record(action: string, before: Webhook | null, after: Webhook | null, actor: Actor): Promise<void> {
    const one = (after ?? before)!;
    return this.audit.record({
      actor,
      action: `webhook.${action}`,
      subjectType: 'webhook',
      subjectKey: one.key,
      environment: one.environment,
      before: before && shown(before),
      after: after && shown(after),
    });
  }
}

/** A webhook as people may see it: the path of an address is often what lets one write to it. */
export function shown({ id: _id, url, ...rest }: Webhook): Omit<Webhook, 'id' | 'url'> & { url: string } {
  const { origin, pathname } = new URL(url);
  return { ...rest, url: pathname === '/' ? origin : `${origin}/…` };
}

function mayTouch(actor: Actor, webhook: Webhook): boolean {
  return webhook.environment === null
    ? actor.environment == null
    : environmentAllowed(actor, webhook.environment);
}

function requireAddress(url: string): void {
  const problem = addressProblem(url);
  if (problem) throw new NotificationError('WEBHOOK_URL_NOT_VALID', problem);
}
