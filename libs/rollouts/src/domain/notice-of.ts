import type { Notice, NoticeType } from '@app/notifications';
import { type Receipt, receiptBody } from './receipt.js';
import type { ReceiptEntry } from './receipt-of.js';
import type { Rollout } from './rollout.js';
import { percent } from './words.js';

const TYPES: Readonly<Record<ReceiptEntry['step'], NoticeType>> = {
  CREATED: 'rollout.created',
  ADVANCE: 'rollout.advanced',
  HOLD: 'rollout.held',
  HELD: 'rollout.held',
  REVIEW: 'rollout.review-needed',
  APPROVED: 'rollout.approved',
  RESUMED: 'rollout.resumed',
  ROLLBACK: 'rollout.rolled-back',
  PROMOTE: 'rollout.promoted',
  STOP_FUTILE: 'rollout.stopped',
};

/**
 * What to tell the world of a receipt; null when it says nothing new: a ramp that waits for the same thing as in the
 * receipt before writes down the evidence, which nobody needs to be woken for.
 */
export function noticeOf(
  rollout: Rollout,
  entry: ReceiptEntry,
  receipt: Receipt,
  previous: Receipt | null,
): Notice | null {
  const waits = entry.step === 'HOLD' || entry.step === 'REVIEW';
  if (waits && previous?.step === entry.step && sameCodes(entry, previous)) return null;
  return {
    type: TYPES[entry.step],
    at: receipt.at,
    environment: rollout.environment,
    subject: { kind: 'rollout', key: rollout.key },
    title: titleOf(rollout, entry),
    reasons: entry.reasons.map(({ message }) => message),
    actor: receipt.actor,
    data: {
      task: rollout.task,
      step: entry.step,
      decidedBy: entry.decidedBy,
      stage: entry.stage,
      share: entry.share,
      codes: entry.reasons.map(({ code }) => code),
      receipt: receipt.number,
      receiptHash: receipt.hash,
    },
  };
}

function sameCodes(entry: ReceiptEntry, previous: Receipt): boolean {
  const codes = (reasons: ReceiptEntry['reasons']) => reasons.map(({ code }) => code).join();
  return codes(entry.reasons) === codes(receiptBody(previous).reasons);
}

function titleOf({ key, task }: Rollout, { step, share }: ReceiptEntry): string {
  const what = `Rollout ${key} of ${task}`;
  const [before, after] = [percent(share.before), percent(share.after)];
  switch (step) {
    case 'CREATED':
      return `${what} begins at ${after}`;
    case 'ADVANCE':
      return `${what} goes from ${before} to ${after}`;
    case 'PROMOTE':
      return `${what} is complete: the challenger is the champion`;
    case 'ROLLBACK':
      return `${what} was rolled back from ${before}`;
    case 'STOP_FUTILE':
      return `${what} was stopped at ${before}: no gain is to be expected`;
    case 'REVIEW':
      return `${what} needs a person's decision at ${before}`;
    case 'APPROVED':
      return `${what}: a step was approved`;
    case 'RESUMED':
      return `${what} goes on at ${before}`;
    case 'HELD':
      return `${what} was put on hold at ${before}`;
    case 'HOLD':
      return `${what} waits at ${before}`;
  }
}
