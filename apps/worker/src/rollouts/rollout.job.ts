import { Injectable } from '@nestjs/common';
import { RolloutController } from '@app/rollouts';

/**
 * The looks of a rollout, run for rows of `schedules` of kind `rollout`. Idempotent: a look that was replayed, or run by
 * two workers, moves the rollout once.
 */
@Injectable()
export class RolloutJob {
  readonly kind = 'rollout';

  constructor(private readonly controller: RolloutController) {}

  /** @returns whether further looks are wanted; a finished rollout's schedule is removed by the caller */
  async run(rolloutId: string, now: Date): Promise<{ readonly again: boolean }> {
    const { finished } = await this.controller.step(rolloutId, now);
    return { again: !finished };
  }
}
