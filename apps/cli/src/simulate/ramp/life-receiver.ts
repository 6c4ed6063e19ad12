import { WebhookSender } from '@app/notifications';
import type { Receiver } from '@app/rollouts';

/** After so many notices it is gone. */
const GOES_AFTER = 4;

/** The receiver of a life's notices, as far as a process knows it: by what it answers. */
export class LifeReceiver extends WebhookSender {
  private asked = 0;
  private kind: Receiver = 'answers';

  begin(kind: Receiver): void {
    this.kind = kind;
    this.asked = 0;
  }

  async send(): Promise<{ readonly status: number }> {
    this.asked += 1;
    if (this.kind === 'goes' && this.asked > GOES_AFTER) return { status: 410 };
    if (this.kind === 'falters' && this.asked % 3 === 1) return { status: 503 };
    if (this.kind === 'falters' && this.asked % 3 === 2) throw new Error('not reached');
    return { status: 200 };
  }
}
