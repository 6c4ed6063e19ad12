/** What people call the things a rollout refers to by id. */
export interface NamesOfRollout {
  /** `key@version`. */
  readonly champion: string;
  readonly challenger: string;
  /** Key of the experiment it came from. */
  readonly experiment: string | null;
}

/** Read model for views: names of many rollouts at once. */
export abstract class RolloutNames {
  abstract of(rolloutIds: readonly string[]): Promise<ReadonlyMap<string, NamesOfRollout>>;
}
