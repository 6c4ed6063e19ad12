import { canonicalJson, digestOf } from '@app/kernel';
import { nextStep } from './next-step.js';
import { GENESIS_HASH, type Receipt, receiptBody, type ReceiptBody, receiptHash } from './receipt.js';

export interface ReceiptProblem {
  readonly number: number;
  readonly code:
    | 'RECEIPT_MISSING'
    | 'CHAIN_BROKEN'
    | 'HASH_MISMATCH'
    | 'COLUMNS_MISMATCH'
    | 'INPUTS_MISMATCH'
    | 'DECISION_MISMATCH'
    | 'STATE_MISMATCH';
  readonly message: string;
}

/**
 * Checks a rollout's receipts without trusting any stored answer: the chain, the digests, that each stage and share
 * continues from the one before, and that the ramp decides the same again from the stored inputs.
 *
 * @param receipts oldest first, all of them
 * @returns what is wrong; empty when everything holds
 */
export function verifyReceipts(receipts: readonly Receipt[]): ReceiptProblem[] {
  const problems: ReceiptProblem[] = [];
  let previous: Receipt | null = null;
  receipts.forEach((receipt, index) => {
    const report = (code: ReceiptProblem['code'], message: string): void => {
      problems.push({ number: receipt.number, code, message });
    };
    if (receipt.number !== index + 1) {
      report('RECEIPT_MISSING', `Receipt ${index + 1} is missing before number ${receipt.number}.`);
    }
    if (receipt.previousHash !== (previous?.hash ?? GENESIS_HASH)) {
      report('CHAIN_BROKEN', `Receipt ${receipt.number} does not follow the receipt before it.`);
    }
    if (receiptHash(receipt.previousHash, receipt.body) !== receipt.hash) {
      report('HASH_MISMATCH', `The text of receipt ${receipt.number} is not the text that was sealed.`);
    } else {
      checkBody(receipt, previous, report);
    }
    previous = receipt;
  });
  return problems;
}

function checkBody(
  receipt: Receipt,
  previous: Receipt | null,
  report: (code: ReceiptProblem['code'], message: string) => void,
): void {
  const body = receiptBody(receipt);
  if (!columnsMatch(receipt, body)) {
    report('COLUMNS_MISMATCH', `The columns of receipt ${receipt.number} differ from its text.`);
  }
  if (digestOf(body.inputs) !== body.inputsDigest) {
    report('INPUTS_MISMATCH', `The inputs of receipt ${receipt.number} do not have the digest it names.`);
  }
  if (previous && (previous.shareAfter !== body.share.before || previous.stageAfter !== body.stage.before)) {
    report(
      'STATE_MISMATCH',
      `Receipt ${receipt.number} does not begin where receipt ${previous.number} ended.`,
    );
  }
  const { plan, state, evidence, now } = body.inputs;
  if (body.decidedBy !== 'ramp' || !evidence) return;
  const again = nextStep(plan, state, evidence, new Date(now));
  const told = { kind: body.step, stage: body.stage, share: body.share, reasons: body.reasons };
  const found = { kind: again.kind, stage: again.stage, share: again.share, reasons: again.reasons };
  if (canonicalJson(told) !== canonicalJson(found)) {
    report(
      'DECISION_MISMATCH',
      `Receipt ${receipt.number} says ${body.step}; its inputs give ${again.kind} (${again.reasons.map(({ code }) => code).join(', ')}).`,
    );
  }
}

function columnsMatch(receipt: Receipt, body: ReceiptBody): boolean {
  return (
    body.number === receipt.number &&
    body.at === receipt.at &&
    body.actor === receipt.actor &&
    body.step === receipt.step &&
    body.stage.before === receipt.stageBefore &&
    body.stage.after === receipt.stageAfter &&
    body.share.before === receipt.shareBefore &&
    body.share.after === receipt.shareAfter
  );
}
