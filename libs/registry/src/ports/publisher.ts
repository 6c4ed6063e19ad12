/**
 * Tells the data planes that what they decide by has changed. Called inside the transaction of the change, so that a
 * change and its ruleset are there together or not at all. Bound by the rulesets capability.
 */
export abstract class Publisher {
  /** @param cause what changed, in words an operator can read beside the version */
  abstract publish(environment: string, cause: string): Promise<void>;
}
