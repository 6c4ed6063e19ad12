import { createHash } from 'node:crypto';
import { canonicalJson } from '@app/kernel';
import type { Reason } from '@app/stats';
import type { RampEvidence } from './evidence.js';
import type { RampPlan } from './ramp-plan.js';
import type { RampState } from './ramp-state.js';
import type { EvidenceReading } from './reading.js';
import type { StepKind } from './step.js';

export const RECEIPT_FORMAT = 1;

/** What a receipt is about: the steps of the ramp, and what people did. */
export type ReceiptStep = StepKind | 'CREATED' | 'APPROVED' | 'HELD' | 'RESUMED';

/** Everything the decision was made from; `nextStep` over it gives the decision again. */
export interface ReceiptInputs {
  readonly plan: RampPlan;
  readonly state: RampState;
  /** Null when a person decided without evidence. */
  readonly evidence: RampEvidence | null;
  readonly now: string;
}

export interface ReceiptBody {
  readonly format: typeof RECEIPT_FORMAT;
  readonly rollout: string;
  readonly number: number;
  readonly at: string;
  readonly actor: string;
  readonly step: ReceiptStep;
  /** A person's decision is not recomputed: the evidence is shown beside it. */
  readonly decidedBy: 'ramp' | 'person';
  readonly stage: { readonly before: number; readonly after: number };
  readonly share: { readonly before: number; readonly after: number };
  readonly reasons: readonly Reason[];
  readonly reading: EvidenceReading | null;
  readonly estimatorVersion: string | null;
  readonly inputs: ReceiptInputs;
  readonly inputsDigest: string;
}

/** A receipt as kept: the body as text, so that its hash holds, and the link to the one before. */
export interface Receipt {
  readonly rolloutId: string;
  readonly number: number;
  readonly at: string;
  readonly actor: string;
  readonly step: ReceiptStep;
  readonly stageBefore: number;
  readonly stageAfter: number;
  readonly shareBefore: number;
  readonly shareAfter: number;
  readonly body: string;
  readonly previousHash: string;
  readonly hash: string;
}

/** The link of the first receipt. */
export const GENESIS_HASH = '0'.repeat(64);

/** SHA-256 over the previous hash, a line feed and the body. */
export function receiptHash(previousHash: string, body: string): string {
  return createHash('sha256').update(previousHash).update('\n').update(body).digest('hex');
}

/** Writes a body down and links it to the receipt before it. */
export function sealReceipt(rolloutId: string, body: ReceiptBody, previousHash: string): Receipt {
  const text = canonicalJson(body);
  return {
    rolloutId,
    number: body.number,
    at: body.at,
    actor: body.actor,
    step: body.step,
    stageBefore: body.stage.before,
    stageAfter: body.stage.after,
    shareBefore: body.share.before,
    shareAfter: body.share.after,
    body: text,
    previousHash,
    hash: receiptHash(previousHash, text),
  };
}

/** The body of a receipt. Trust it only after `verifyReceipts`. */
export function receiptBody(receipt: Receipt): ReceiptBody {
  return JSON.parse(receipt.body) as ReceiptBody;
}
