import { Injectable } from '@nestjs/common';
import { Clock, Rng } from '@app/kernel';
import { LEASE_MS, nextAttempt } from './domain/retry.js';
import { payloadOf } from './domain/payload.js';
import { sign } from './domain/signature.js';
import { type TakenDelivery, WebhookStore } from './ports/webhook.store.js';
import { WebhookSender } from './ports/webhook-sender.js';

/** Sent side by side: one slow receiver costs the others nothing until all places are taken. */
const AT_ONCE = 16;

/** Deliveries that ended are kept for so long, to be looked at. */
const KEEP_MS = 30 * 86_400_000;

/** The receiver's word that nobody listens there any more. */
const GONE = 410;

/** Sends what is due. At least once each: a receiver drops a `webhook-id` it has seen. */
@Injectable()
export class DeliveryService {
  constructor(
    private readonly store: WebhookStore,
    private readonly sender: WebhookSender,
    private readonly clock: Clock,
    private readonly rng: Rng,
  ) {}

  /** @returns how many deliveries were tried; 0 when none was due */
  async round(): Promise<number> {
    const now = this.clock.now();
    const taken = await this.store.take(now, new Date(now.getTime() + LEASE_MS), AT_ONCE);
    await Promise.all(taken.map((one) => this.deliver(one)));
    if (taken.length === 0) await this.store.forget(new Date(now.getTime() - KEEP_MS));
    return taken.length;
  }

  private async deliver(delivery: TakenDelivery): Promise<void> {
    const status = await this.attempt(delivery);
    const now = this.clock.now();
    if (typeof status === 'number' && status >= 200 && status < 300) {
      await this.store.delivered(delivery.id, now, status);
      return;
    }
    if (status === GONE) {
      await this.store.gone(delivery.webhookId, 'the receiver answered 410: gone');
      return;
    }
    await this.store.failed(delivery.id, nextAttempt(delivery.attempts, now, this.rng), {
      status: typeof status === 'number' ? status : null,
      error: typeof status === 'number' ? `the receiver answered ${status}` : status,
    });
  }

  /** The status of the answer, or why there was none. Addresses may be secrets: no word of them. */
  private async attempt({ id, url, format, secret, notice }: TakenDelivery): Promise<number | string> {
    const body = payloadOf(format, id, notice);
    const timestamp = Math.floor(this.clock.now().getTime() / 1000);
    try {
      const { status } = await this.sender.send({
        url,
        body,
        headers: {
          'content-type': 'application/json',
          'user-agent': 'contender',
          'webhook-id': id,
          'webhook-timestamp': String(timestamp),
          'webhook-signature': sign(secret, id, timestamp, body),
        },
      });
      return status;
    } catch (error) {
      return reasonOf(error);
    }
  }
}

function reasonOf(error: unknown): string {
  const { name, cause } = error as { name?: unknown; cause?: { code?: unknown } };
  if (name === 'TimeoutError') return 'no answer in time';
  return typeof cause?.code === 'string' ? `not reached: ${cause.code}` : 'not reached';
}
