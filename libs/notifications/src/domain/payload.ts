import type { Notice } from './notice.js';
import type { WebhookFormat } from './webhook.js';

/** Slack shows 3,000 characters of a text block at most; longer messages are refused whole. */
const LONGEST_BLOCK = 2_900;

/** The body of a delivery. The id is the delivery's, so that receivers of our JSON need no header to tell repeats. */
export function payloadOf(format: WebhookFormat, id: string, notice: Notice): string {
  return JSON.stringify(format === 'slack' ? slackMessage(notice) : { id, ...notice });
}

/** A message for Slack's incoming webhooks: a line for notifications, blocks for the channel. */
function slackMessage(notice: Notice): Record<string, unknown> {
  const reasons = notice.reasons.map((reason) => `• ${escaped(reason)}`).join('\n');
  const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text: cut(text) } });
  return {
    text: cut(`${escaped(notice.title)}`),
    blocks: [
      section(`*${escaped(notice.title)}*`),
      ...(reasons === '' ? [] : [section(reasons)]),
      {
        type: 'context',
        elements: [
          { type: 'mrkdwn', text: cut(escaped(`${notice.environment} · ${notice.actor} · ${notice.at}`)) },
        ],
      },
    ],
  };
}

const cut = (text: string): string =>
  text.length <= LONGEST_BLOCK ? text : `${text.slice(0, LONGEST_BLOCK - 1)}…`;

/** Names and reasons are text, whatever they contain: no mention of a whole channel, no made-up link. */
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
