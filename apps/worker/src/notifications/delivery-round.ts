import { Injectable } from '@nestjs/common';
import { DeliveryService } from '@app/notifications';
import type { RoundOutcome } from '../loop/round.js';

/**
 * A round of telling the outside world. It has a loop of its own: a receiver that takes its time must not keep a rollout
 * from being rolled back.
 */
@Injectable()
export class DeliveryRound {
  constructor(private readonly deliveries: DeliveryService) {}

  async run(): Promise<RoundOutcome> {
    return (await this.deliveries.round()) > 0 ? 'worked' : 'idle';
  }
}
