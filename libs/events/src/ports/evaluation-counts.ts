/** How often SDKs that evaluate on their own said they did, for one task, arm and hour. Sums over units: never evidence. */
export interface EvaluationCount {
  readonly environment: string;
  readonly task: string;
  /** The arm; '' for the toggle as a whole, `other` for a name that the rules do not have. */
  readonly variant: string;
  /** Start of the hour in which it was told. */
  readonly hour: Date;
  readonly yes: number;
  readonly no: number;
}

/** Where they are kept, so that they can be held against the exposures of the same hours. */
export abstract class EvaluationCounts {
  /** Adds to what is there. @throws StoreUnavailable nothing was added */
  abstract add(counts: readonly EvaluationCount[]): Promise<void>;
}
