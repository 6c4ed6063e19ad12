import { Injectable } from '@nestjs/common';
import { workerActor } from '@app/governance';
import { movesShare } from './domain/apply-step.js';
import { nextStep } from './domain/next-step.js';
import { waitDigest } from './domain/receipt-of.js';
import { isFinal } from './domain/rollout-lifecycle.js';
import type { StepKind } from './domain/step.js';
import { RolloutEvidence } from './ports/rollout-evidence.js';
import { RolloutStore } from './ports/rollout.store.js';
import { RolloutMover } from './rollout-mover.service.js';

/** What a step came to; `finished` rollouts need no further looks. */
export interface StepOutcome {
  readonly kind: StepKind | 'NONE';
  readonly finished: boolean;
}

/**
 * Moves rollouts by evidence. Any number of workers may call it at once and as often as they like: the rollout's row is
 * locked first, evidence is read and decided on under the lock, and everything that follows from the decision commits
 * with it. A worker that dies leaves the rollout where it was.
 */
@Injectable()
export class RolloutController {
  private readonly actor = workerActor('rollout controller');

  constructor(
    private readonly store: RolloutStore,
    private readonly evidence: RolloutEvidence,
    private readonly mover: RolloutMover,
  ) {}

  async step(rolloutId: string, now: Date): Promise<StepOutcome> {
    return this.store.transaction(async () => {
      const rollout = await this.store.lock(rolloutId);
      if (!rollout || isFinal(rollout.state.lifecycle)) return { kind: 'NONE', finished: true };
      const evidence = await this.evidence.read(rollout, now);
      const step = nextStep(rollout.plan, rollout.state, evidence, now);
      const context = { evidence, decidedBy: 'ramp', at: now, actor: this.actor } as const;
      if (movesShare(step)) {
        const moved = await this.mover.move(rollout, step, context);
        return { kind: step.kind, finished: isFinal(moved.state.lifecycle) };
      }
      // The same evidence says the same of harm and integrity, so a look that saw nothing new leaves nothing behind.
      const digest = waitDigest(step, evidence);
      if (digest !== rollout.state.memory.holdDigest)
        await this.mover.remember(rollout, step, digest, context);
      return { kind: step.kind, finished: false };
    });
  }
}
