import { digestOf } from '@app/kernel';
import { ESTIMATOR_VERSION, type Reason } from '@app/stats';
import type { RampEvidence } from './evidence.js';
import {
  GENESIS_HASH,
  type Receipt,
  RECEIPT_FORMAT,
  type ReceiptBody,
  type ReceiptStep,
  sealReceipt,
} from './receipt.js';
import type { EvidenceReading } from './reading.js';
import type { Rollout } from './rollout.js';
import type { Step } from './step.js';

/** What happened, to be written down. */
export interface ReceiptEntry {
  readonly step: ReceiptStep;
  readonly decidedBy: ReceiptBody['decidedBy'];
  readonly actor: string;
  readonly at: Date;
  readonly reasons: readonly Reason[];
  readonly stage: ReceiptBody['stage'];
  readonly share: ReceiptBody['share'];
  readonly evidence: RampEvidence | null;
  readonly reading: EvidenceReading | null;
}

/** The receipt of what happened to a rollout as it stood before, linked to its last one. */
export function receiptOf(before: Rollout, entry: ReceiptEntry, last: Receipt | null): Receipt {
  const inputs = {
    plan: before.plan,
    state: before.state,
    evidence: entry.evidence,
    now: entry.at.toISOString(),
  };
  const body: ReceiptBody = {
    format: RECEIPT_FORMAT,
    rollout: before.key,
    number: (last?.number ?? 0) + 1,
    at: entry.at.toISOString(),
    actor: entry.actor,
    step: entry.step,
    decidedBy: entry.decidedBy,
    stage: entry.stage,
    share: entry.share,
    reasons: entry.reasons,
    reading: entry.reading,
    estimatorVersion: entry.reading ? ESTIMATOR_VERSION : null,
    inputs,
    inputsDigest: digestOf(inputs),
  };
  return sealReceipt(before.id, body, last?.hash ?? GENESIS_HASH);
}

/**
 * What a look that moves nothing came to: the same wait for the same things over the same counts needs no second receipt,
 * whenever they were read and however long others' events wait to be counted.
 */
export function waitDigest({ kind, reasons }: Step, evidence: RampEvidence): string {
  const { asOf: _asOf, waitingSince: _waitingSince, ...counts } = evidence;
  return `${kind}:${reasons.map(({ code }) => code).join()}:${digestOf(counts)}`;
}
