import { Injectable } from '@nestjs/common';
import { type Actor, AuditLog } from '@app/governance';
import { Notifier } from '@app/notifications';
import { applyStep, movesShare } from './domain/apply-step.js';
import type { RampEvidence } from './domain/evidence.js';
import { decided, type Decision } from './domain/human-actions.js';
import { noticeOf } from './domain/notice-of.js';
import type { RampState } from './domain/ramp-state.js';
import type { ReceiptBody } from './domain/receipt.js';
import { type ReceiptEntry, receiptOf } from './domain/receipt-of.js';
import type { Rollout } from './domain/rollout.js';
import { isFinal } from './domain/rollout-lifecycle.js';
import type { Step } from './domain/step.js';
import { percent } from './domain/words.js';
import { RolloutEffects } from './ports/rollout-effects.js';
import { RolloutStore } from './ports/rollout.store.js';

/** Why a move happens, beside the step itself. */
export interface MoveContext {
  readonly evidence: RampEvidence | null;
  readonly decidedBy: ReceiptBody['decidedBy'];
  readonly at: Date;
  readonly actor: Actor;
}

/**
 * Carries a decided step out: state, epoch, champion, receipt, audit row and ruleset, in the caller's transaction, so
 * that all of it is there or nothing.
 */
@Injectable()
export class RolloutMover {
  constructor(
    private readonly store: RolloutStore,
    private readonly effects: RolloutEffects,
    private readonly audit: AuditLog,
    private readonly notifier: Notifier,
  ) {}

  /** Carries out a step that changes the share. */
  async move(before: Rollout, step: Step, context: MoveContext): Promise<Rollout> {
    const { at, actor } = context;
    const words = step.reasons.map(({ message }) => message).join(' ');
    const epoch =
      step.kind === 'ADVANCE'
        ? await this.effects.openEpoch(before, step.share.after, at, `stage ${step.stage.after + 1}`)
        : before.state.stageEpoch;
    const moved = applyStep(before.plan, before.state, step, at.toISOString(), epoch);
    const ended = isFinal(moved.lifecycle);
    const saved = await this.store.save({
      ...before,
      state: context.decidedBy === 'person' ? decided(moved, decisionOf(context, words)) : moved,
      finishedAt: ended ? at.toISOString() : null,
      coolDownUntil:
        step.kind === 'ROLLBACK'
          ? new Date(at.getTime() + before.plan.coolDownSeconds * 1000).toISOString()
          : null,
    });
    if (step.kind === 'PROMOTE') await this.effects.crown(saved, words, actor);
    if (ended) await this.effects.close(saved, at);
    await this.write(before, {
      step: step.kind,
      decidedBy: context.decidedBy,
      actor: actor.name,
      at,
      reasons: step.reasons,
      stage: step.stage,
      share: step.share,
      evidence: context.evidence,
      reading: step.reading,
    });
    await this.record(before, saved, step.kind.toLowerCase().replace('_', '-'), words, actor);
    await this.effects.publish(
      before.environment,
      `rollout ${before.key}: ${step.kind} from ${percent(step.share.before)} to ${percent(step.share.after)}`,
    );
    return saved;
  }

  /** Keeps a step that changes nothing but what is remembered; `digest` marks the evidence as written down. */
  async remember(before: Rollout, step: Step, digest: string, context: MoveContext): Promise<Rollout> {
    if (movesShare(step)) throw new Error(`${step.kind} is not a step to remember`);
    const state: RampState = { ...before.state, memory: { ...step.memory, holdDigest: digest } };
    const saved = await this.store.save({ ...before, state });
    await this.write(before, {
      step: step.kind,
      decidedBy: context.decidedBy,
      actor: context.actor.name,
      at: context.at,
      reasons: step.reasons,
      stage: step.stage,
      share: step.share,
      evidence: context.evidence,
      reading: step.reading,
    });
    return saved;
  }

  /** Keeps what a person decided without changing the share. */
  async note(
    before: Rollout,
    state: RampState,
    entry: Pick<ReceiptEntry, 'step' | 'reasons'>,
    action: string,
    context: Pick<MoveContext, 'at' | 'actor'> & { readonly reason: string },
  ): Promise<Rollout> {
    const saved = await this.store.save({ ...before, state });
    await this.write(before, {
      ...entry,
      decidedBy: 'person',
      actor: context.actor.name,
      at: context.at,
      stage: { before: state.stage, after: state.stage },
      share: { before: state.share, after: state.share },
      evidence: null,
      reading: null,
    });
    await this.record(before, saved, action, context.reason, context.actor);
    await this.effects.publish(before.environment, `rollout ${before.key}: ${action}`);
    return saved;
  }

  /**
   * Links a receipt to the last one and announces it. The rollout's row lock keeps others from doing the same at once.
   */
  async write(before: Rollout, entry: ReceiptEntry): Promise<void> {
    const last = await this.store.lastReceipt(before.id);
    const receipt = receiptOf(before, entry, last);
    await this.store.appendReceipt(receipt);
    const notice = noticeOf(before, entry, receipt, last);
    if (notice) await this.notifier.announce(notice);
  }

  async record(
    before: Rollout | null,
    after: Rollout,
    action: string,
    reason: string,
    actor: Actor,
  ): Promise<void> {
    await this.audit.record({
      actor,
      action: `rollout.${action}`,
      subjectType: 'rollout',
      subjectKey: after.key,
      environment: after.environment,
      reason,
      before: before && standing(before),
      after: standing(after),
    });
  }
}

function decisionOf(context: MoveContext, reason: string): Decision {
  return { by: context.actor.name, at: context.at.toISOString(), reason };
}

/** What an audit row shows of a rollout; the whole of it is in the receipts. */
function standing({ state, revision }: Rollout): Record<string, unknown> {
  const { lifecycle, stage, share, controlShare, hold, approvals } = state;
  return { state: lifecycle, stage, share, controlShare, hold, approvals, revision };
}
