import { Injectable } from '@nestjs/common';
import {
  type Actor,
  environmentAllowed,
  GovernanceError,
  type Page,
  type PageRequest,
} from '@app/governance';
import { Clock } from '@app/kernel';
import {
  advanceByPerson,
  approveByPerson,
  type Decision,
  holdByPerson,
  resumeByPerson,
  rollbackByPerson,
} from './domain/human-actions.js';
import { nextStep } from './domain/next-step.js';
import { readEvidence } from './domain/read-evidence.js';
import type { Receipt } from './domain/receipt.js';
import type { Rollout } from './domain/rollout.js';
import { isFinal, transition } from './domain/rollout-lifecycle.js';
import { RolloutError } from './domain/rollout.errors.js';
import type { Step } from './domain/step.js';
import { percent, shareName } from './domain/words.js';
import { RolloutEvidence } from './ports/rollout-evidence.js';
import { type RolloutFilter, RolloutStore } from './ports/rollout.store.js';
import { RolloutMover } from './rollout-mover.service.js';

/** A rollout and what the ramp would do with it now; nothing is changed by asking. */
export interface RolloutStatus {
  readonly rollout: Rollout;
  /** Null once the rollout is finished. */
  readonly next: Step | null;
}

/** What people do with a rollout. Each decision names a reason, and leaves an audit row and a receipt. */
@Injectable()
export class RolloutService {
  constructor(
    private readonly store: RolloutStore,
    private readonly evidence: RolloutEvidence,
    private readonly mover: RolloutMover,
    private readonly clock: Clock,
  ) {}

  list(filter: RolloutFilter, page: PageRequest): Promise<Page<Rollout>> {
    return this.store.list(filter, page);
  }

  async status(key: string): Promise<RolloutStatus> {
    const rollout = await this.find(key);
    if (isFinal(rollout.state.lifecycle)) return { rollout, next: null };
    const now = this.clock.now();
    const evidence = await this.evidence.read(rollout, now);
    return { rollout, next: nextStep(rollout.plan, rollout.state, evidence, now) };
  }

  async receipts(key: string, page: PageRequest): Promise<Page<Receipt>> {
    return this.store.receipts((await this.find(key)).id, page);
  }

  /** Approves entering the next stage. Only a person can. */
  async approve(key: string, reason: string, actor: Actor): Promise<Rollout> {
    if (actor.kind !== 'human') {
      throw new RolloutError(
        'APPROVAL_NEEDS_PERSON',
        `${actor.name} is not a person; a stage is approved by one.`,
      );
    }
    return this.decide(key, reason, actor, (rollout, decision, at) => {
      const state = approveByPerson(rollout.plan, rollout.state, decision);
      const target = shareName(rollout.plan, rollout.state.stage + 1);
      const message = `${decision.by} approved going to ${target}: ${reason}.`;
      return this.mover.note(
        rollout,
        state,
        { step: 'APPROVED', reasons: [{ code: 'APPROVED_BY_PERSON', message }] },
        'approve',
        { at, actor, reason },
      );
    });
  }

  /** Stops the ramp where it is, until `resume`. Harm still rolls back. */
  hold(key: string, reason: string, actor: Actor): Promise<Rollout> {
    return this.decide(key, reason, actor, (rollout, decision, at) => {
      const message = `${decision.by} holds the rollout at ${percent(rollout.state.share)}: ${reason}.`;
      return this.mover.note(
        rollout,
        holdByPerson(rollout.state, decision),
        { step: 'HELD', reasons: [{ code: 'HELD_BY_PERSON', message }] },
        'hold',
        { at, actor, reason },
      );
    });
  }

  resume(key: string, reason: string, actor: Actor): Promise<Rollout> {
    return this.decide(key, reason, actor, (rollout, decision, at) => {
      const message = `${decision.by} let the rollout go on from ${percent(rollout.state.share)}: ${reason}.`;
      return this.mover.note(
        rollout,
        resumeByPerson(rollout.state, decision),
        { step: 'RESUMED', reasons: [{ code: 'RESUMED_BY_PERSON', message }] },
        'resume',
        { at, actor, reason },
      );
    });
  }

  /** One stage up without waiting for its gates, inside the approved plan. */
  advance(key: string, reason: string, actor: Actor): Promise<Rollout> {
    return this.decide(key, reason, actor, async (rollout, decision, at) => {
      // A finished rollout has no stage to read evidence for.
      transition(rollout.state.lifecycle, 'advance');
      const evidence = await this.evidence.read(rollout, at);
      const reading = readEvidence(rollout.plan, rollout.state, evidence);
      const step = advanceByPerson(rollout.plan, rollout.state, reading, decision);
      return this.mover.move(rollout, step, { evidence, decidedBy: 'person', at, actor });
    });
  }

  /** Takes all traffic off the challenger at once. Reads no evidence: nothing may delay it. */
  rollback(key: string, reason: string, actor: Actor): Promise<Rollout> {
    return this.decide(key, reason, actor, (rollout, decision, at) =>
      this.mover.move(rollout, rollbackByPerson(rollout.state, null, decision), {
        evidence: null,
        decidedBy: 'person',
        at,
        actor,
      }),
    );
  }

  async find(key: string): Promise<Rollout> {
    const rollout = await this.store.byKey(key);
    if (!rollout) throw unknownRollout(key);
    return rollout;
  }

  /** A person's decision on the rollout as it is at that moment: the lock keeps workers and others waiting. */
  private decide(
    key: string,
    reason: string,
    actor: Actor,
    work: (rollout: Rollout, decision: Decision, at: Date) => Promise<Rollout>,
  ): Promise<Rollout> {
    return this.store.transaction(async () => {
      const known = await this.find(key);
      if (!environmentAllowed(actor, known.environment)) {
        throw new GovernanceError(
          'ENVIRONMENT_NOT_ALLOWED',
          `this key belongs to ${actor.environment}; it may not touch ${known.environment}`,
        );
      }
      const rollout = await this.store.lock(known.id);
      if (!rollout) throw unknownRollout(key);
      // Read after the lock was got: the decision is not older than what it was made on.
      const at = this.clock.now();
      return work(rollout, { by: actor.name, at: at.toISOString(), reason }, at);
    });
  }
}

function unknownRollout(key: string): RolloutError {
  return new RolloutError('ROLLOUT_UNKNOWN', `There is no rollout "${key}".`, { key });
}
