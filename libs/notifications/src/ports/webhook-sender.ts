/** One attempt, ready to be sent. */
export interface Attempt {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends one attempt. A status is an answer, whatever it says; a rejection is none. Never follows redirects. */
export abstract class WebhookSender {
  abstract send(attempt: Attempt): Promise<{ readonly status: number }>;
}
