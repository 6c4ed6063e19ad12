import { Injectable } from '@nestjs/common';
import { type Attempt, WebhookSender } from '../ports/webhook-sender.js';

/** Receivers should answer at once and work later; one that hangs must not hold up the others for long. */
const PATIENCE_MS = 10_000;

@Injectable()
export class FetchWebhookSender extends WebhookSender {
  async send({ url, headers, body }: Attempt): Promise<{ readonly status: number }> {
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...headers },
      body,
      // A redirect could lead the signed message anywhere.
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    await response.body?.cancel();
    return { status: response.status };
  }
}
