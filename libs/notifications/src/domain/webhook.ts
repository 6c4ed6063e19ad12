import type { NoticeType } from './notice.js';

/** How a receiver wants to be told: our JSON, or a message that Slack and its look-alikes show. */
export const WEBHOOK_FORMATS = ['json', 'slack'] as const;
export type WebhookFormat = (typeof WEBHOOK_FORMATS)[number];

/** An address outside that is told of notices. */
export interface Webhook {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  /** Only notices of this environment; null: of all. */
  readonly environment: string | null;
  readonly url: string;
  readonly format: WebhookFormat;
  /** Only these; empty: all. */
  readonly events: readonly NoticeType[];
  readonly enabled: boolean;
  /** Why it was switched off by itself; null when it was not. */
  readonly disabledReason: string | null;
  readonly createdBy: string;
  readonly createdAt: Date;
}

/** One notice on its way to one webhook. */
export interface Delivery {
  readonly id: string;
  readonly webhook: string;
  readonly type: NoticeType;
  readonly subjectKey: string;
  readonly createdAt: Date;
  readonly state: 'waiting' | 'delivered' | 'given-up';
  readonly attempts: number;
  /** When it is tried next; null when it is not. */
  readonly dueAt: Date | null;
  readonly lastStatus: number | null;
  readonly lastError: string | null;
  readonly deliveredAt: Date | null;
}

/**
 * What is wrong with an address, in words; null when nothing is.
 *
 * Plain HTTP is for the same machine only: reasons and shares are nobody else's business on the way.
 */
export function addressProblem(url: string): string | null {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return 'url is not an absolute URL';
  }
  if (parsed.username !== '' || parsed.password !== '') return 'url must not carry a user or password';
  if (parsed.protocol === 'https:') return null;
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(parsed.hostname);
  return parsed.protocol === 'http:' && local
    ? null
    : 'url must begin with https:// (http:// only for localhost)';
}
