import { type Receipt, receiptBody, type ReceiptBody, type ReceiptStep } from '../domain/receipt.js';
import { verifyReceipts } from '../domain/verify-receipts.js';
import type { Lived } from './play-life.js';

const UP: readonly ReceiptStep[] = ['ADVANCE', 'PROMOTE'];
const DOWN: readonly ReceiptStep[] = ['ROLLBACK', 'STOP_FUTILE'];
const BY_PEOPLE: Readonly<Record<string, readonly ReceiptStep[]>> = {
  hold: ['HELD'],
  resume: ['RESUMED'],
  approve: ['APPROVED'],
  advance: UP,
  rollback: ['ROLLBACK'],
};

/**
 * What a life broke of what must hold in every life; empty when nothing.
 *
 * @param thorough also decides every receipt again from its inputs
 */
export function checkLife(lived: Lived, { thorough }: { thorough: boolean }): string[] {
  const bodies = lived.log.receipts.map(receiptBody);
  const wrong: string[] = [];
  const need = (holds: boolean, what: string): void => {
    if (!holds) wrong.push(what);
  };
  for (const surprise of lived.observed.surprises) wrong.push(`nobody expected: ${surprise}`);
  need(lived.observed.lateLooks === 0, `served with proven harm for ${lived.observed.lateLooks} looks`);
  checkChain(lived.log.receipts, bodies, need);
  checkWorld(lived, bodies, need);
  checkPeople(lived, bodies, need);
  bodies.forEach((body, index) => checkProof(body, bodies.slice(0, index), need));
  if (thorough) for (const { message } of verifyReceipts(lived.log.receipts)) wrong.push(message);
  return wrong;
}

type Need = (holds: boolean, what: string) => void;

/** No skipped stage, no double step, no share the plan doesn't have. */
function checkChain(receipts: readonly Receipt[], bodies: readonly ReceiptBody[], need: Need): void {
  bodies.forEach((body, index) => {
    const name = `receipt ${body.number} (${body.step})`;
    const { plan } = body.inputs;
    need(receipts[index]!.number === index + 1, `${name} is not number ${index + 1}`);
    const before = bodies[index - 1];
    if (!before) return need(body.step === 'CREATED', `${name} begins the chain`);
    need(!isEnd(before.step), `${name} follows the end of the rollout`);
    need(
      before.stage.after === body.stage.before && before.share.after === body.share.before,
      `${name} does not begin where the one before ended`,
    );
    const { stage, share } = body;
    if (body.step === 'ADVANCE') {
      need(stage.after === stage.before + 1, `${name} goes from stage ${stage.before} to ${stage.after}`);
      need(share.after === plan.stages[stage.after]?.share, `${name} has a share outside the plan`);
    } else if (body.step === 'PROMOTE') {
      need(stage.before === plan.stages.length - 1 && share.after === 1, `${name} skips stages`);
    } else if (DOWN.includes(body.step)) {
      need(share.after === 0, `${name} leaves a share of ${share.after}`);
    } else {
      need(share.after === share.before && stage.after === stage.before, `${name} moves the share`);
    }
  });
}

/** What the world was told is what the receipts say, each thing once. */
function checkWorld({ log, life }: Lived, bodies: readonly ReceiptBody[], need: Need): void {
  const same = (a: unknown, b: unknown, what: string): void =>
    need(JSON.stringify(a) === JSON.stringify(b), `${what}: ${JSON.stringify(a)}, not ${JSON.stringify(b)}`);
  const told = bodies.filter(({ step }) => step !== 'HOLD' && step !== 'REVIEW');
  const stages = bodies.filter(({ step }) => step === 'CREATED' || step === 'ADVANCE');
  // Rules that did not change need not be published again.
  same(changes(log.published), changes(told.map(({ share }) => share.after)), 'published shares');
  same(
    log.epochs,
    stages.map(({ share }, index) => ({ number: index + 1, share: share.after })),
    'epochs',
  );
  need(log.audited.length === told.length, `${log.audited.length} audit rows of ${told.length} decisions`);
  const notices = log.announced.map(({ receipt }) => receipt);
  need(new Set(notices).size === notices.length, 'a receipt was announced twice');
  need(
    life.receiver === 'goes' || told.every(({ number }) => notices.includes(number)),
    'a decision was not announced',
  );
  need(log.undelivered === 0, `${log.undelivered} notices reached nobody`);
  need(
    log.rollout.revision === bodies.length,
    `revision ${log.rollout.revision} after ${bodies.length} receipts`,
  );
  const last = bodies.at(-1)!;
  same(
    [log.rollout.state.stage, log.rollout.state.share],
    [last.stage.after, last.share.after],
    'stage and share at the end',
  );
  const promoted = bodies.some(({ step }) => step === 'PROMOTE');
  if (life.fault.kind !== 'another champion') {
    need((log.championId === log.rollout.challengerId) === promoted, `${log.championId} is the champion`);
  }
  // Who promotes in an emergency accepts what is not known yet.
  need(
    !(promoted && life.truth === 'broken' && life.template !== 'emergency'),
    'a broken challenger was promoted',
  );
  need(
    !life.dryRun || bodies.every(({ step, decidedBy }) => decidedBy === 'person' || !isMove(step)),
    'a dry run moved by itself',
  );
}

/** What people decided is there once, and no automatic step overrides it. */
function checkPeople({ observed }: Lived, bodies: readonly ReceiptBody[], need: Need): void {
  for (const [action, steps] of Object.entries(BY_PEOPLE)) {
    const acknowledged = observed.acknowledged.filter((given) => given.action === action).length;
    const written = bodies.filter((body) => body.decidedBy === 'person' && steps.includes(body.step)).length;
    need(written === acknowledged, `${acknowledged} × ${action} acknowledged, ${written} written`);
  }
  let held = false;
  let decidedAt = '';
  for (const { step, decidedBy, inputs, number } of bodies) {
    if (decidedBy === 'person') {
      if (step === 'HELD') held = true;
      if (step === 'RESUMED') held = false;
      // The beginning is no decision on what evidence shows.
      if (step !== 'CREATED') decidedAt = inputs.now;
    } else if (step !== 'ROLLBACK' && isMove(step)) {
      need(!held, `receipt ${number} (${step}) overrides a hold`);
      need(
        inputs.evidence!.asOf >= decidedAt,
        `receipt ${number} (${step}) rests on evidence older than a decision`,
      );
    }
  }
}

/** What an automatic step up needs, read from the raw evidence it was decided on. */
function checkProof(body: ReceiptBody, earlier: readonly ReceiptBody[], need: Need): void {
  if (!UP.includes(body.step)) return;
  const { plan, state, evidence, now } = body.inputs;
  const name = `receipt ${body.number} (${body.step})`;
  const stage = plan.stages[body.stage.before]!;
  const target = body.stage.before + 1;
  const approval = plan.stages[target]?.requiresApproval ?? plan.promotionRequiresApproval;
  const approved = earlier.some(
    ({ step, stage: at }) => step === 'APPROVED' && at.before === body.stage.before,
  );
  need(!approval || approved, `${name} enters a stage that nobody approved`);
  const frozen = plan.freezeWindows.some(({ from, to }) => from <= now && now < to);
  need(!frozen, `${name} falls into a freeze`);
  if (body.decidedBy === 'person' && body.step === 'ADVANCE') return;
  // To 100 % people go in an emergency, and in a dry run when the ramp would have.
  if (body.decidedBy === 'person' && plan.template === 'emergency') return;
  need(body.decidedBy === 'ramp' || plan.dryRun === true, `${name} was not proven`);
  const entered = earlier.findLast(({ step }) => step === 'CREATED' || step === 'ADVANCE')!.inputs.now;
  const baked = (Date.parse(now) - Date.parse(entered)) / 1000;
  need(baked >= stage.bakeSeconds, `${name} after ${baked} of ${stage.bakeSeconds} seconds`);
  if (stage.kind === 'shadow') {
    const pairs = evidence!.shadow?.metrics.map((metric) => metric.pairs.n) ?? [0];
    need(Math.min(...pairs) >= stage.minUnits, `${name} with ${Math.min(...pairs)} pairs`);
    const exposed = evidence!.epochs.flatMap((epoch) => Object.values(epoch.units));
    need(
      exposed.every((count) => count === 0),
      `${name} exposed units in a shadow stage`,
    );
  }
  const units = evidence!.epochs.find(({ number }) => number === state.stageEpoch)?.units ?? {};
  need(
    stage.kind === 'shadow' || (units.challenger ?? 0) >= stage.minUnits,
    `${name} with ${units.challenger ?? 0} units in its stage`,
  );
  const waited = (Date.parse(now) - Date.parse(evidence!.waitingSince ?? now)) / 1000;
  need(waited <= plan.maxLagSeconds!, `${name} while events waited for ${waited} seconds to be counted`);
  need(evidence!.championUnchanged, `${name} against another champion`);
  if (body.step === 'PROMOTE') need(evidence!.fullDays >= 7, `${name} after ${evidence!.fullDays} days`);
}

function changes(shares: readonly number[]): number[] {
  return shares.filter((share, index) => share !== shares[index - 1]);
}

function isMove(step: ReceiptStep): boolean {
  return UP.includes(step) || DOWN.includes(step);
}

function isEnd(step: ReceiptStep): boolean {
  return step === 'PROMOTE' || DOWN.includes(step);
}
