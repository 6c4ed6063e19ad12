import type { Actor } from '@app/governance';
import type { Rollout } from '../domain/rollout.js';

/** What a rollout changes outside itself. Every effect takes part in the open transaction. */
export abstract class RolloutEffects {
  /** Opens the subject its units are measured under, with epoch 1, and schedules its looks. */
  abstract open(rollout: Rollout, metricIds: readonly string[]): Promise<void>;

  /** Opens an epoch with the weights of the rollout's share and answers its number. */
  abstract openEpoch(rollout: Rollout, share: number, at: Date, reason: string): Promise<number>;

  /** The challenger becomes the task's champion. */
  abstract crown(rollout: Rollout, reason: string, actor: Actor): Promise<void>;

  /**
   * Ends measurement. The schedule of looks is left to the worker, which removes it when it finds the rollout finished:
   * a worker locks the schedule before the rollout, and whoever did it the other way round would wait for ever.
   */
  abstract close(rollout: Rollout, at: Date): Promise<void>;

  /** Publishes the ruleset that edges decide from. */
  abstract publish(environment: string, cause: string): Promise<void>;
}
