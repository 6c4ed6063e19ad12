import { ContenderError, type SdkErrorCode } from './errors.js';
import type { Platform } from './platform.js';

/** Between two words about the same trouble. */
const QUIET_MS = 60_000;

/** Tells of troubles: every one to the caller's own hook, else each kind to the console once a minute. Never throws. */
export class Troubles {
  private readonly toldAtMs = new Map<SdkErrorCode, number>();

  constructor(
    private readonly onError: ((error: ContenderError) => void) | undefined,
    private readonly platform: Pick<Platform, 'now'>,
  ) {}

  readonly report = (error: ContenderError): void => {
    try {
      if (typeof this.onError === 'function') this.onError(error);
      else if (this.isNews(error.code)) console.error(`contender: ${error.code}: ${error.message}`);
    } catch {
      // A hook that throws must not reach whoever asked for a model.
    }
  };

  private isNews(code: SdkErrorCode): boolean {
    const now = this.platform.now();
    const before = this.toldAtMs.get(code);
    if (before !== undefined && now - before < QUIET_MS) return false;
    this.toldAtMs.set(code, now);
    return true;
  }
}

/** Counts what is dropped, and tells of it at once the first time, then of sums. */
export class Drops {
  readonly dropped = { exposures: 0, outcomes: 0 };
  private untold = 0;
  private waiting = false;

  constructor(
    private readonly platform: Pick<Platform, 'after'>,
    private readonly report: (error: ContenderError) => void,
  ) {}

  count(kind: 'exposures' | 'outcomes'): void {
    this.dropped[kind] += 1;
    this.untold += 1;
    if (!this.waiting) this.tell();
  }

  private tell(): void {
    const count = this.untold;
    this.untold = 0;
    this.waiting = count > 0;
    if (count === 0) return;
    this.report(
      new ContenderError('QUEUE_FULL', `the queue is full: ${count} new events were dropped`, { count }),
    );
    this.platform.after(QUIET_MS, () => this.tell());
  }
}
