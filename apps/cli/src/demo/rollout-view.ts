/** The part of `GET /rollouts/:key` the demo reads. */
export interface RolloutView {
  readonly key: string;
  readonly state: string;
  readonly stage: number;
  readonly share: number;
  readonly controlShare: number;
  readonly plan: { readonly stages: ReadonlyArray<{ readonly share: number }>; readonly startStage: number };
}

/** The part of a receipt the demo prints. */
export interface ReceiptView {
  readonly number: number;
  readonly at: string;
  readonly step: string;
  readonly shareBefore: number;
  readonly shareAfter: number;
  readonly hash: string;
  readonly body: { readonly reasons: ReadonlyArray<{ readonly message: string }> };
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}
