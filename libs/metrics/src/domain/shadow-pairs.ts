import type { PairMoments } from '@app/stats';

/** What both models came to, over units with answers of both to the same requests. */
export interface ShadowPairs {
  readonly metrics: ReadonlyArray<{
    readonly key: string;
    /** x is the champion's value of a unit, y the challenger's; of a ratio its linearised value, whose mean is the ratio. */
    readonly pairs: PairMoments;
  }>;
  /** Latest outcome that is part of a pair. */
  readonly lastPairAt: Date | null;
}
