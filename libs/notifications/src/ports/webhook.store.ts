import type { Page, PageRequest } from '@app/governance';
import type { Notice } from '../domain/notice.js';
import type { Delivery, Webhook } from '../domain/webhook.js';

/** A delivery that a worker has taken, with all it takes to send it. */
export interface TakenDelivery {
  readonly id: string;
  readonly webhookId: string;
  /** Attempts so far, this one included. */
  readonly attempts: number;
  readonly notice: Notice;
  readonly url: string;
  readonly format: Webhook['format'];
  readonly secret: string;
}

/** Where webhooks and what they are still to be told are kept. */
export abstract class WebhookStore {
  /** False when the key is taken. */
  abstract insert(webhook: Webhook, secret: string): Promise<boolean>;

  abstract byKey(key: string): Promise<Webhook | null>;

  /** Oldest first; with an environment only those that are told of it. */
  abstract list(environment: string | null, page: PageRequest): Promise<Page<Webhook>>;

  /** Writes name, url, format, events, enabled and the reason it was switched off. */
  abstract save(webhook: Webhook): Promise<void>;

  abstract changeSecret(id: string, secret: string): Promise<void>;

  /** With all its deliveries. */
  abstract remove(id: string): Promise<void>;

  /** Queues a notice for every enabled webhook that asks for it, or for one only. */
  abstract queue(notice: Notice, at: Date, only?: string): Promise<void>;

  /** Newest first. */
  abstract deliveries(webhookId: string, page: PageRequest): Promise<Page<Delivery>>;

  /**
   * Takes deliveries that are due, the longest due first, and puts their next attempt at `until`: whoever takes them and
   * dies leaves them to others then. Nobody else gets the same ones meanwhile.
   */
  abstract take(now: Date, until: Date, most: number): Promise<TakenDelivery[]>;

  abstract delivered(id: string, at: Date, status: number): Promise<void>;

  /** `next` null: given up. */
  abstract failed(
    id: string,
    next: Date | null,
    outcome: { readonly status: number | null; readonly error: string },
  ): Promise<void>;

  /** Switches a webhook off because its receiver said that it is gone; what waits for it is given up. */
  abstract gone(webhookId: string, reason: string): Promise<void>;

  /** Forgets deliveries that ended before a moment. */
  abstract forget(before: Date): Promise<void>;
}
