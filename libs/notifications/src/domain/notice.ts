/** What can be announced. A webhook asks for some of them, or for all. */
export const NOTICE_TYPES = [
  'rollout.created',
  'rollout.advanced',
  'rollout.held',
  'rollout.review-needed',
  'rollout.approved',
  'rollout.resumed',
  'rollout.rolled-back',
  'rollout.promoted',
  'rollout.stopped',
  'webhook.test',
] as const;

export type NoticeType = (typeof NOTICE_TYPES)[number];

/** Something that happened and that people or systems outside want to know. Plain JSON. */
export interface Notice {
  readonly type: NoticeType;
  /** When it happened, RFC 3339 UTC. */
  readonly at: string;
  readonly environment: string;
  readonly subject: { readonly kind: 'rollout' | 'webhook'; readonly key: string };
  /** One line for a person. */
  readonly title: string;
  /** Why, in words; may be empty. */
  readonly reasons: readonly string[];
  /** Who decided. */
  readonly actor: string;
  /** More for machines: stages, shares, number of the receipt. */
  readonly data: Readonly<Record<string, unknown>>;
}
