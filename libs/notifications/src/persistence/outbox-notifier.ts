import { Injectable } from '@nestjs/common';
import type { Notice } from '../domain/notice.js';
import { Notifier } from '../ports/notifier.js';
import { WebhookStore } from '../ports/webhook.store.js';

/** Announces by queueing deliveries in the open transaction; a worker sends them afterwards. */
@Injectable()
export class OutboxNotifier extends Notifier {
  constructor(private readonly store: WebhookStore) {
    super();
  }

  announce(notice: Notice): Promise<void> {
    return this.store.queue(notice, new Date(notice.at));
  }
}
